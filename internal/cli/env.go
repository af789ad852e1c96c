package cli

import (
	"fmt"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/mattn/go-isatty"
	"golang.org/x/term"

	"github.com/chatcmpl/chatcmpl/internal/render"
	"github.com/chatcmpl/chatcmpl/internal/secret"
)

// env is the process as commands see it: its streams, its environment, and the one voice
// in which it speaks to a person on stderr.
type env struct {
	stdin, stdout, stderr  *os.File
	inTTY, outTTY, errTTY  bool
	lookup                 func(string) (string, bool)
	environ                []string
	redact                 secret.Redactor
	quiet, verbose, asJSON bool
	settingsFrom           map[string]source // of the flags that are set, but not on the command line

	mu     sync.Mutex
	status string // shown on the terminal now
}

func newEnv() *env {
	tty := func(f *os.File) bool { return isatty.IsTerminal(f.Fd()) || isatty.IsCygwinTerminal(f.Fd()) }
	return &env{
		stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
		inTTY: tty(os.Stdin), outTTY: tty(os.Stdout), errTTY: tty(os.Stderr),
		lookup: os.LookupEnv, environ: os.Environ(),
		settingsFrom: map[string]source{},
	}
}

// get is an environment variable; empty is the same as missing.
func (e *env) get(name string) string {
	value, _ := e.lookup(name)
	return value
}

// line writes a line to stderr as it is, above any status.
func (e *env) line(text string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.erase()
	// Where stderr can't be written there is nobody to tell.
	_, _ = fmt.Fprintln(e.stderr, text)
}

// raw writes bytes to stderr as they are, but for secrets.
func (e *env) raw(text string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.erase()
	text = e.redact.String(text)
	if e.errTTY {
		text = render.Harmless(text)
	}
	_, _ = e.stderr.WriteString(text)
}

// How many bytes are shown of a server's words, of a name it gave, and of a whole message
// that holds both.
const (
	maxLine    = 4 << 10
	maxName    = 256
	maxMessage = maxLine + 1<<10
)

// say is the voice: one line, secrets as stars, control characters harmless.
func (e *env) say(prefix, text string) {
	e.line(prefix + ": " + render.OneLine(e.redact.String(text), maxLine))
}

// note tells a person what is going on. Scripts that asked for errors as JSON, and those
// that asked for quiet, are not told.
func (e *env) note(format string, args ...any) {
	if !e.quiet && !e.asJSON {
		e.say("note", fmt.Sprintf(format, args...))
	}
}

// detail tells what only --verbose asks for.
func (e *env) detail(text string) {
	if e.verbose && !e.asJSON {
		e.line(render.OneLine(e.redact.String(text), maxLine))
	}
}

// waiting shows on a terminal's stderr how long a reply has been waited for, from the
// first second on. The function it returns ends that; it may be called again.
func (e *env) waiting() func() {
	if !e.errTTY || e.quiet || e.asJSON || e.get("TERM") == "dumb" {
		return func() {}
	}
	stop, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		start, tick := time.Now(), time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				e.clearStatus()
				return
			case <-tick.C:
				e.showStatus(fmt.Sprintf("waiting for the reply, %.0f s", time.Since(start).Seconds()))
			}
		}
	}()
	return sync.OnceFunc(func() { close(stop); <-done })
}

// echoed is the room that a terminal takes to show a ^C behind the status.
const echoed = len("^C")

// room is how many columns a status may take: all but the last, where terminals wrap, and
// those that a ^C takes. Where the terminal can't tell its width it is 80.
func (e *env) room() int {
	width, _, err := term.GetSize(int(e.stderr.Fd()))
	if err != nil || width <= 0 {
		width = 80
	}
	return max(0, width-1-echoed)
}

// showStatus shows a text of ASCII on the terminal's line, as much of it as there is room.
func (e *env) showStatus(text string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.erase()
	e.status = text[:min(len(text), e.room())]
	_, _ = e.stderr.WriteString(e.status)
}

func (e *env) clearStatus() {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.erase()
}

// erase removes the status from the terminal's line, which may have become shorter; e.mu is
// held.
func (e *env) erase() {
	if e.status != "" {
		blank := min(len(e.status), e.room()) + echoed
		_, _ = fmt.Fprintf(e.stderr, "\r%s\r", strings.Repeat(" ", blank))
		e.status = ""
	}
}
