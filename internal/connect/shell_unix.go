//go:build unix

package connect

import (
	"context"
	"os/exec"
)

// shell returns the command that runs a line in a shell.
func shell(ctx context.Context, line string) *exec.Cmd {
	return exec.CommandContext(ctx, "sh", "-c", line)
}
