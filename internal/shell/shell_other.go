//go:build !linux

package shell

import "io/fs"

// Reading returns false, because this system does not reveal what a shell reads.
func Reading(fs.FileInfo) (name string, reads bool) { return "", false }
