package console

import (
	"fmt"
	"runtime"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

// echoWidth is the number of columns in which a terminal shows a ^C behind the status.
const echoWidth = len("^C")

// HasStatus reports whether a status can be shown: stderr is a terminal that can erase a line, and the console is not silent.
func (c *Console) HasStatus() bool { return c.StderrTerminal && !c.Silent() && !c.dumb }

// Width returns how many columns a status may take: all but the last, where terminals wrap, and those of a ^C. A terminal
// that can't tell its width has 80.
func (c *Console) Width() int {
	width, _, err := term.GetSize(int(c.Stderr.Fd()))
	if err != nil || width <= 0 {
		width = 80
	}
	return max(0, width-1-echoWidth)
}

// ShowStatus shows ASCII text on the terminal's last line in place of the status before, cut where there is no room. The cursor
// is left at its beginning: that is where a terminal that becomes narrower, and breaks the line, leaves it.
func (c *Console) ShowStatus(text string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.erase()
	c.status = text[:min(len(text), c.Width())]
	c.write(c.status + "\r")
}

// ClearStatus removes the status.
func (c *Console) ClearStatus() {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.erase()
}

// erase removes the status from the terminal, which may have become too narrow for it since; c.mu is held.
func (c *Console) erase() {
	if c.status == "" {
		return
	}
	if room := c.Width(); room >= len(c.status) {
		c.write(strings.Repeat(" ", len(c.status)+echoWidth) + "\r")
	} else {
		c.write(eraseBelow(room + echoWidth))
	}
	c.status = ""
}

// eraseBelow returns what erases a line that a terminal has broken, from the line's beginning on. The consoles of Windows break
// none, and not all of them know the sequence.
func eraseBelow(columns int) string {
	if runtime.GOOS == "windows" {
		return "\r" + strings.Repeat(" ", columns) + "\r"
	}
	return "\r\x1b[J"
}

// Waiting shows on a terminal how long a reply has been waited for, from the first second on. The function that it returns
// ends that and may be called again.
func (c *Console) Waiting() (done func()) {
	if !c.HasStatus() {
		return func() {}
	}
	start := time.Now()
	return c.Every(time.Second, func() {
		c.ShowStatus(fmt.Sprintf("waiting for the reply, %.0f s", time.Since(start).Seconds()))
	})
}

// Every calls show at each interval until the function that it returns is called, which clears the status and may be called
// again.
func (c *Console) Every(interval time.Duration, show func()) (done func()) {
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
