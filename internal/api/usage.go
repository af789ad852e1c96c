package api

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Usage is what a reply took.
type Usage struct {
	// Raw is the object as the server wrote it; nil where it sent none.
	Raw json.RawMessage
	// Tokens are all that it counts; 0 where it counts none.
	Tokens int64
	// Ticks are the cost that it tells in 10^-10 USD; negative where it tells none.
	Ticks int64
}

// Add adds what another reply took to the sums.
func (u *Usage) Add(more Usage) {
	u.Tokens += more.Tokens
	if more.Ticks >= 0 {
		u.Ticks = max(0, u.Ticks) + more.Ticks
	}
}

func (u *Usage) read(w *wire) {
	start := w.Here()
	*u = Usage{Ticks: -1}
	for key := range w.Members() {
		switch string(key) {
		case "total_tokens":
			setInteger(&u.Tokens, w.Value())
		case "cost_in_usd_ticks":
			setInteger(&u.Ticks, w.Value())
		}
	}
	u.Raw = w.Since(start)
}

// setInteger sets what raw holds, if that is an integer.
func setInteger(into *int64, raw json.RawMessage) {
	if n, err := strconv.ParseInt(string(raw), 10, 64); err == nil {
		*into = n
	}
}

// ticksDigits says what the unit of cost_in_usd_ticks is: 10^10 ticks are a dollar.
const ticksDigits = 10

// USD writes a cost in 10^-10 USD, 0 or more, as an exact decimal number of dollars.
func USD(ticks int64) string {
	digits := fmt.Sprintf("%0*d", ticksDigits+1, ticks)
	whole, part := digits[:len(digits)-ticksDigits], strings.TrimRight(digits[len(digits)-ticksDigits:], "0")
	if part == "" {
		return whole
	}
	return whole + "." + part
}
