package recorder

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"os/exec"
	"os/signal"
	"syscall"

	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/failure"
)

// The exit codes of a command that does not run, which are those of shells.
const (
	cannotRun = 126
	notFound  = 127
)

// EndedError reports a command that did not end with 0, or a run that failed although its command ended with 0. Its message is
// empty if the command has reported its own failure.
type EndedError struct {
	// Code is the exit code; 0 is that of the kind of failure.
	Code int
	// Signal is the signal that ended the command; nil if none did.
	Signal os.Signal

	kind failure.Kind
	err  error
}

func (e *EndedError) Error() string {
	if e.err == nil {
		return ""
	}
	return e.err.Error()
}

// Unwrap returns the error of the run; nil if only the command failed.
func (e *EndedError) Unwrap() error { return e.err }

// Failure implements failure.Reporter.
func (e *EndedError) Failure() failure.Report {
	return failure.Report{Kind: e.kind, Exit: e.Code}
}

// run runs a command to its end on the streams of this process. The error is nil if it ended with 0, and otherwise *EndedError;
// started reports whether it ran at all.
func run(con *console.Console, words, environ []string) (started bool, err error) {
	cmd := commandOf(words[0], words[1:])
	cmd.Env = environ
	cmd.Stdin, cmd.Stdout, cmd.Stderr = con.Stdin, con.Stdout, con.Stderr
	arrived, stop := catchSignals()
	defer stop()
	err = cmd.Start()
	if errors.Is(err, errNoFormat) {
		// A script without a first line that names its shell.
		shell := commandOf("/bin/sh", append([]string{cmd.Path}, words[1:]...))
		shell.Env, shell.Stdin, shell.Stdout, shell.Stderr = cmd.Env, cmd.Stdin, cmd.Stdout, cmd.Stderr
		cmd = shell
		err = cmd.Start()
	}
	if err != nil {
		return false, notStarted(words[0], err)
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	return true, endOf(cmd, passOn(arrived, cmd.Process, ended))
}

// commandOf returns a command that no context ends: it ends itself.
func commandOf(name string, args []string) *exec.Cmd {
	return exec.CommandContext(context.Background(), name, args...)
}

// catchSignals catches the signals that a person or a supervisor ends a command by, so that this process outlives the
// command. One that was ignored when the process began stays ignored, here and in the command.
func catchSignals() (arrived chan os.Signal, stop func()) {
	arrived = make(chan os.Signal, 8)
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGHUP} {
		if !signal.Ignored(sig) {
			signal.Notify(arrived, sig)
		}
	}
	return arrived, func() { signal.Stop(arrived) }
}

// passOn passes TERM and HUP on to a command, each once, until the command has ended, and returns its end. The terminal
// sends its own signals to the command as well.
func passOn(arrived <-chan os.Signal, command *os.Process, ended <-chan error) error {
	passed := map[os.Signal]bool{os.Interrupt: true, syscall.SIGQUIT: true}
	for {
		select {
		case err := <-ended:
			return err
		case sig := <-arrived:
			if !passed[sig] {
				passed[sig] = true
				// It may have ended.
				_ = command.Signal(sig)
			}
		}
	}
}

// endOf returns the end of a command that ran.
func endOf(cmd *exec.Cmd, err error) error {
	_, exited := errors.AsType[*exec.ExitError](err)
	switch {
	case err == nil:
		return nil
	case !exited:
		return err
	}
	if sig := endingSignal(cmd.ProcessState); sig != nil {
		return &EndedError{Signal: sig, kind: failure.Internal}
	}
	return &EndedError{Code: cmd.ProcessState.ExitCode(), kind: failure.Internal}
}

// notStarted returns the end of a command that could not be started.
func notStarted(name string, err error) error {
	e := &EndedError{Code: cannotRun, kind: failure.Usage}
	if name == "" || errors.Is(err, exec.ErrNotFound) || errors.Is(err, fs.ErrNotExist) {
		e.Code = notFound
	}
	if inner := errors.Unwrap(err); inner != nil {
		err = inner
	}
	e.err = failure.BadUsage("", "%s: %w", console.Quote(name), err)
	return e
}
