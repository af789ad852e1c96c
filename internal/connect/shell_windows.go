package connect

import (
	"context"
	"os/exec"
	"syscall"
)

// shell returns the command that runs a line in cmd. It sets the command line itself, because cmd does not understand
// Go's escaped quotes; with /s, cmd removes only the outer quotes. /d skips the AutoRun commands of the registry.
func shell(ctx context.Context, line string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "cmd")
	cmd.SysProcAttr = &syscall.SysProcAttr{CmdLine: `cmd /d /s /c "` + line + `"`}
	return cmd
}
