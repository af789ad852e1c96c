package console

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// brokenPipe is the exit status that a shell reports for a process ended by SIGPIPE.
const brokenPipe = 128 + 13

// endIfUnread exits silently if err reports that the reader of stdout has closed the pipe, because Windows has no
// SIGPIPE.
func endIfUnread(err error) {
	for _, gone := range []error{windows.ERROR_BROKEN_PIPE, windows.ERROR_NO_DATA, windows.ERROR_PIPE_NOT_CONNECTED} {
		if errors.Is(err, gone) {
			os.Exit(brokenPipe)
		}
	}
}
