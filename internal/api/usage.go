package api

import (
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// Usage counts the tokens and the cost of a reply.
type Usage struct {
	// Raw is the usage object as the server wrote it; nil if it sent none.
	Raw json.RawMessage
	// Tokens is the field total_tokens; 0 if it is missing.
	Tokens int64
	// Ticks is the cost in 10^-10 USD (xAI's cost_in_usd_ticks); negative if it is missing.
	Ticks int64
}

// Add adds the usage of another reply to a sum.
func (u *Usage) Add(other Usage) {
	u.Tokens += other.Tokens
	if other.Ticks >= 0 {
		u.Ticks = max(0, u.Ticks) + other.Ticks
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

// setInteger stores raw in into if it is an integer.
func setInteger(into *int64, raw json.RawMessage) {
	if n, err := strconv.ParseInt(string(raw), 10, 64); err == nil {
		*into = n
	}
}

// ticksDigits is the decimal exponent of cost_in_usd_ticks: 10^10 ticks are one dollar.
const ticksDigits = 10

// USD formats a cost in 10^-10 USD, which must not be negative, as an exact decimal number of dollars.
func USD(ticks int64) string {
	digits := fmt.Sprintf("%0*d", ticksDigits+1, ticks)
	dollars, fraction := digits[:len(digits)-ticksDigits], strings.TrimRight(digits[len(digits)-ticksDigits:], "0")
	if fraction == "" {
		return dollars
	}
	return dollars + "." + fraction
}
