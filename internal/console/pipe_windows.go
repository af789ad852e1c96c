package console

import (
	"errors"
	"os"

	"golang.org/x/sys/windows"
)

// brokenPipe is what a shell shows of a process that SIGPIPE ended.
const brokenPipe = 128 + 13

// endIfUnread ends the process without a word if the error is that nobody reads stdout any more: Windows has no SIGPIPE.
func endIfUnread(err error) {
	for _, gone := range []error{windows.ERROR_BROKEN_PIPE, windows.ERROR_NO_DATA, windows.ERROR_PIPE_NOT_CONNECTED} {
		if errors.Is(err, gone) {
			os.Exit(brokenPipe)
		}
	}
}
