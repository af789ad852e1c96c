// Package console writes to the standard streams of the process: the reply to stdout, and notes, details, the status
// line and errors to stderr. It redacts secrets in both, and replaces control characters of a server before they reach
// a terminal.
package console

import (
	"fmt"
	"log"
	"os"
	"sync"

	"github.com/mattn/go-isatty"

	"github.com/chatcmpl/chatcmpl/internal/secret"
)

// Console holds the standard streams of the process. Its fields are set before the first call of a method. Its methods
// are safe for concurrent use.
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
	status  string     // currently shown on the terminal
	cleaner cleaner    // for the text passed to Print
	unread  bool       // a write to stderr blocked while the process was ending

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

// Silent reports whether notes and the status are suppressed.
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

// OneLine redacts secrets and then calls the function OneLine.
func (c *Console) OneLine(text string, limit int) string {
	return OneLine(c.Redactor.String(text), limit)
}

// Note writes a note to stderr, unless the console is silent.
func (c *Console) Note(format string, args ...any) {
	c.writeUnlessSilent("note", fmt.Sprintf(format, args...))
}

// Hint writes advice what to do to stderr, unless the console is silent.
func (c *Console) Hint(text string) { c.writeUnlessSilent("hint", text) }

func (c *Console) writeUnlessSilent(prefix, text string) {
	if !c.Silent() {
		c.writePrefixed(prefix, text)
	}
}

func (c *Console) writePrefixed(prefix, text string) {
	c.Line(prefix + ": " + c.OneLine(text, MaxLine))
}

// DetailLog returns a log whose lines are details.
func (c *Console) DetailLog() *log.Logger { return log.New(detailWriter{c}, "", 0) }

// detailWriter writes the lines of a log as details.
type detailWriter struct{ con *Console }

func (d detailWriter) Write(p []byte) (int, error) {
	d.con.Detail("* " + string(p))
	return len(p), nil
}

// Detail writes a line if Verbose is set.
func (c *Console) Detail(text string) {
	if c.Verbose && !c.JSON {
		c.Line(c.OneLine(text, MaxLine))
	}
}
