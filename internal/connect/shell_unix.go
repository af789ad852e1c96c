//go:build unix

package connect

import (
	"context"
	"os"
	"os/exec"
	"syscall"
)

// shell returns the command that runs a line in a shell. Without a terminal, where signals don't reach the processes that the
// shell starts, they are in a group of their own, which ctx ends. With a terminal they must stay in the group that may read a
// pass phrase from it.
func shell(ctx context.Context, line string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "sh", "-c", line)
	if hasTerminal() {
		return cmd
	}
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL) }
	return cmd
}

// hasTerminal reports whether the process has a controlling terminal.
func hasTerminal() bool {
	f, err := os.Open("/dev/tty")
	if err != nil {
		return false
	}
	_ = f.Close()
	return true
}
