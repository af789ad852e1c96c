//go:build unix

package testscripts

import (
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// driverVariable holds the process id of the driver of the scripts.
const driverVariable = "TESTSCRIPT_DRIVER"

// dropEmptyStdin replaces the standard input of a command by /dev/null if a script runs it without input. The driver's
// empty pipe would cause a note about empty input.
func dropEmptyStdin() {
	if os.Getenv(driverVariable) != strconv.Itoa(os.Getppid()) {
		return
	}
	wait := []unix.PollFd{{Fd: 0, Events: unix.POLLIN}}
	for {
		if _, err := unix.Poll(wait, -1); err != unix.EINTR {
			break
		}
	}
	if wait[0].Revents&unix.POLLIN != 0 {
		return
	}
	if null, err := os.Open(os.DevNull); err == nil {
		_ = unix.Dup2(int(null.Fd()), 0)
	}
}
