// Package console holds the standard streams of the process: the reply on stdout, and on stderr everything that is said to a
// person – notes, details, the status line and errors. It redacts secrets in both, and keeps a terminal from obeying what a
// server sent.
package console

import (
	"fmt"
	"os"
	"sync"

	"github.com/mattn/go-isatty"

	"github.com/chatcmpl/chatcmpl/internal/secret"
)

// Console is the process's standard streams. Its methods may be called by several goroutines; its fields are set before.
type Console struct {
	Stdin, Stdout, Stderr *os.File
	// StdinTerminal, StdoutTerminal and StderrTerminal report whether a stream is a terminal.
	StdinTerminal, StdoutTerminal, StderrTerminal bool
	// Quiet silences notes. Verbose shows details. JSON prints an error as a JSON object and silences the rest.
	Quiet, Verbose, JSON bool
	// Redactor knows the secrets that must not be shown.
	Redactor *secret.Redactor

	dumb         bool // the terminal can't erase a line
	stdoutClosed bool

	mu      sync.Mutex // held while something is written to stderr, or to a terminal
	status  string     // shown on the terminal now
	cleaner cleaner    // of what Print was given
	unread  bool       // nobody reads stderr

	hurry        chan struct{} // closed when the process is about to end
	stdoutWrites Writes
}

// New returns the console of this process. getenv looks up TERM.
func New(getenv func(string) string) *Console {
	return &Console{
		Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr,
		StdinTerminal: IsTerminal(os.Stdin), StdoutTerminal: IsTerminal(os.Stdout), StderrTerminal: IsTerminal(os.Stderr),
		Redactor: &secret.Redactor{}, dumb: getenv("TERM") == "dumb", stdoutClosed: wasClosed(os.Stdout, getenv), hurry: make(chan struct{}),
	}
}

// IsTerminal reports whether a file is a terminal.
func IsTerminal(f *os.File) bool { return isatty.IsTerminal(f.Fd()) || isatty.IsCygwinTerminal(f.Fd()) }

// Silent reports whether notes and the status are kept from stderr.
func (c *Console) Silent() bool { return c.Quiet || c.JSON }

// Line writes a line to stderr as it is, above the status.
func (c *Console) Line(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.erase()
	c.write(text + "\n")
}

// Print writes text to stderr as it is, except for secrets and, on a terminal, control characters.
func (c *Console) Print(text string) {
	text = c.Redactor.String(text)
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.StderrTerminal {
		text = c.cleaner.clean(text)
	}
	c.erase()
	c.write(text)
}

// OneLine is the function OneLine with secrets redacted.
func (c *Console) OneLine(text string, limit int) string {
	return OneLine(c.Redactor.String(text), limit)
}

// Note tells a person what is going on, unless the console is silent.
func (c *Console) Note(format string, args ...any) { c.tell("note", fmt.Sprintf(format, args...)) }

// Hint tells a person what to do, unless the console is silent.
func (c *Console) Hint(text string) { c.tell("hint", text) }

func (c *Console) tell(prefix, text string) {
	if !c.Silent() {
		c.say(prefix, text)
	}
}

func (c *Console) say(prefix, text string) { c.Line(prefix + ": " + c.OneLine(text, MaxLine)) }

// Detail writes a line that only Verbose asks for.
func (c *Console) Detail(text string) {
	if c.Verbose && !c.JSON {
		c.Line(c.OneLine(text, MaxLine))
	}
}
