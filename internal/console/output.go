package console

import "errors"

// Output is stdout as replies are written to it: secrets redacted, and on a terminal the status cleared and control
// characters made harmless. Each Write is one write of the process.
type Output struct {
	console *Console
	cleaner cleaner
	last    byte // the last byte that was written
}

// Output returns stdout.
func (c *Console) Output() *Output { return &Output{console: c} }

// errClosed is the error of writing to a stdout that was closed when the process began.
var errClosed = errors.New("standard output is closed")

// Write implements io.Writer. It reports all of p as written where what it wrote is longer or shorter.
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

// BreakOff ends a line that was cut, so that what follows on the terminal begins on a line of its own. In a pipe the bytes
// stay as they came.
func (o *Output) BreakOff() error {
	if !o.console.StdoutTerminal || o.last == 0 || o.last == '\n' {
		return nil
	}
	_, err := o.Write([]byte{'\n'})
	return err
}
