//go:build !linux

package shell

import "io/fs"

// Reading returns the name of a shell that reads its commands from a file, a pipe or a socket. reads is false if no ancestor
// of this process does, or if that can't be told on this system, as here.
func Reading(fs.FileInfo) (name string, reads bool) { return "", false }
