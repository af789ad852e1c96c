package console

import "errors"

// Output writes replies to stdout. It redacts secrets, and on a terminal it clears the status and makes control
// characters harmless. Each Write makes one system call.
type Output struct {
	console *Console
	cleaner cleaner
	last    byte // last byte written; 0 before any
}

// Output returns a writer to stdout.
func (c *Console) Output() *Output { return &Output{console: c} }

// errClosed is the error of writing to a stdout that was closed when the process began.
var errClosed = errors.New("standard output is closed")

// Write implements io.Writer. On success it returns len(p), although redaction may change the number of bytes written.
func (o *Output) Write(p []byte) (int, error) {
	c := o.console
	if c.stdoutClosed {
		return 0, errClosed
	}
	text := c.Redactor.Bytes(p)
	if c.StdoutTerminal {
		text = []byte(o.cleaner.clean(string(text)))
		c.mu.Lock()
		defer c.mu.Unlock()
		c.erase()
	}
	if len(text) > 0 {
		o.last = text[len(text)-1]
	}
	c.stdoutWrites.Begin()
	defer c.stdoutWrites.End()
	if _, err := c.Stdout.Write(text); err != nil {
		endIfUnread(err)
		return 0, err
	}
	return len(p), nil
}

// BreakOff ends an incomplete line on a terminal, so that later output starts on a new line. It writes nothing to a
// pipe or a file.
func (o *Output) BreakOff() error {
	if !o.console.StdoutTerminal || o.last == 0 || o.last == '\n' {
		return nil
	}
	_, err := o.Write([]byte{'\n'})
	return err
}
