// Package cli implements the command line: commands, flags and help. Besides the generator in package gen, it is the only
// one that imports cobra and pflag: a command's constructor turns flags and settings into an options struct, and the function
// that runs the command uses neither.
package cli

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"log"
	"os"
	"os/signal"
	"syscall"

	"github.com/chatcmpl/chatcmpl/internal/connect"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/recorder"
	"github.com/chatcmpl/chatcmpl/internal/render"
	"github.com/chatcmpl/chatcmpl/internal/server"
	"github.com/chatcmpl/chatcmpl/internal/signals"
)

// Main runs the command of the process's arguments and returns the exit code. If a signal ended the command, Main does
// not return but ends the process by that signal, unless a server failed to record an exchange.
func Main() int {
	con := console.New(os.Getenv)
	// Libraries log what a server sent, which may be a key.
	log.SetOutput(con.DetailLog().Writer())
	log.SetFlags(0)
	p := newProgram(con, os.Getenv, os.Environ)
	err := p.run(context.Background(), os.Args[1:])
	con.ClearStatus()
	if err != nil {
		p.signals.Wait()
	}
	_, lost := errors.AsType[*server.LostError](err)
	if sig, caught := p.signals.Caught(); caught && !lost {
		if con.StdoutTerminal {
			// The shell's prompt begins on a line of its own.
			con.Line("")
		}
		if err != nil && failure.Of(err).Kind == failure.Output {
			// A failure to write the output is not caused by the signal, so report it.
			con.Fail(p.values.Name(err))
		}
		signals.DieBy(sig)
	}
	if ended, ok := errors.AsType[*recorder.EndedError](err); ok && ended.Signal != nil {
		signals.DieBy(ended.Signal)
	}
	if hasNoReader(err) && !signal.Ignored(syscall.SIGPIPE) {
		signals.DieBy(syscall.SIGPIPE)
	}
	return con.Fail(p.values.Name(err))
}

// hasNoReader reports whether writing to stdout failed because the other end of the pipe was closed.
func hasNoReader(err error) bool {
	path, ok := errors.AsType[*fs.PathError](err)
	return ok && path.Path == os.Stdout.Name() && errors.Is(path, syscall.EPIPE)
}

// run runs the command that the arguments name.
func (p *program) run(ctx context.Context, args []string) error {
	p.args = args
	// The error of a flag may repeat a key that was typed.
	connect.RedactKeys(p.con, p.getenv)
	p.con.JSON = wantsJSON(p.getenv, args)
	out := &checkedWriter{w: p.con.Output()}
	p.root.SetOut(out)
	p.root.SetErr(p.con.Stderr)
	p.root.SetArgs(args)
	p.bindFor(args)
	err := p.root.ExecuteContext(ctx)
	// Some of cobra's own commands return that error as it is, the others drop it.
	if out.err != nil && (err == nil || errors.Is(err, out.err)) {
		return &render.WriteError{Err: out.err}
	}
	return err
}

// checkedWriter keeps the first write error, because cobra drops them.
type checkedWriter struct {
	w   io.Writer
	err error
}

func (c *checkedWriter) Write(b []byte) (int, error) {
	n, err := c.w.Write(b)
	if err != nil && c.err == nil {
		c.err = err
	}
	return n, err
}
