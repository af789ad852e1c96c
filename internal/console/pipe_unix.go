//go:build unix

package console

// endIfUnread does nothing: the Go runtime has ended the process by SIGPIPE, unless that is ignored.
func endIfUnread(error) {}
