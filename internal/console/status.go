package console

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

// echoWidth is the number of columns that the terminal's echo of ^C takes after the status.
const echoWidth = len("^C")

// hasStatus reports whether a status can be shown: stderr is a terminal that can erase a line, and the console is not silent.
func (c *Console) hasStatus() bool { return c.StderrTerminal && !c.Silent() && !c.dumb }

// width returns the number of columns for a status: the terminal's width, 80 if unknown, less the last column, at which
// terminals wrap, and those of an echoed ^C.
func (c *Console) width() int {
	width, _, err := term.GetSize(int(c.Stderr.Fd()))
	if err != nil || width <= 0 {
		width = 80
	}
	return max(0, width-1-echoWidth)
}

// showStatus replaces the status on the terminal's last line by ASCII text, cut to width columns. It leaves the cursor
// at the start of the line, where it also stays if the terminal becomes narrower and wraps the line.
func (c *Console) showStatus(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.erase()
	c.status = text[:min(len(text), c.width())]
	c.write(c.status + "\r")
}

// ClearStatus removes the status.
func (c *Console) ClearStatus() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.erase()
}

// erase removes the status, also if the terminal has since become too narrow for it. The caller holds c.mu.
func (c *Console) erase() {
	if c.status == "" {
		return
	}
	if room := c.width(); room >= len(c.status) {
		c.write(strings.Repeat(" ", len(c.status)+echoWidth) + "\r")
	} else {
		c.write(eraseBelow(room + echoWidth))
	}
	c.status = ""
}

// eraseBelow returns the output that erases a line that the terminal has wrapped, with the cursor at its start. Windows
// consoles don't wrap lines, and not all support the escape sequence, so they get spaces.
func eraseBelow(columns int) string {
	if runtime.GOOS == "windows" {
		return "\r" + strings.Repeat(" ", columns) + "\r"
	}
	return "\r\x1b[J"
}

// Waiting shows the seconds spent waiting for the reply as the status, from the first second on, until done is called.
// done may be called more than once.
func (c *Console) Waiting() (done func()) {
	if !c.hasStatus() {
		return func() {}
	}
	start := time.Now()
	return c.every(time.Second, func() {
		c.showStatus(fmt.Sprintf("waiting for the reply, %.0f s", time.Since(start).Seconds()))
	})
}

// every calls show at each interval until done is called. done also clears the status, and may be called more than
// once.
func (c *Console) every(interval time.Duration, show func()) (done func()) {
	stop, stopped := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(stopped)
		tick := time.NewTicker(interval)
		defer tick.Stop()
		for {
			select {
			case <-stop:
				c.ClearStatus()
				return
			case <-tick.C:
				show()
			}
		}
	}()
	return sync.OnceFunc(func() { close(stop); <-stopped })
}
