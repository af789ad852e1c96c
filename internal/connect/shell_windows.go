package connect

import (
	"context"
	"os/exec"
	"syscall"
)

// shell returns the command that runs a line in cmd. Go would escape the quotes in it, which cmd does not understand; with /s
// cmd removes the outer quotes and nothing else. /d keeps out what the registry makes every cmd run first.
func shell(ctx context.Context, line string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, "cmd")
	cmd.SysProcAttr = &syscall.SysProcAttr{CmdLine: `cmd /d /s /c "` + line + `"`}
	return cmd
}
