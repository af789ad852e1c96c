package reply

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// Usage holds the tokens and the cost of a reply.
type Usage struct {
	// Raw is the object as the server sent it; nil if there was none.
	Raw json.RawMessage
	// Tokens is the total number of tokens; 0 if it is unknown.
	Tokens int64
	// Ticks is the cost in 10^-10 USD; negative if it is unknown.
	Ticks int64
}

// Add adds the tokens and the cost of another reply.
func (u *Usage) Add(more Usage) {
	u.Tokens += more.Tokens
	if more.Ticks >= 0 {
		u.Ticks = max(0, u.Ticks) + more.Ticks
	}
}

// read reads a usage object as the next value: tokens, and the cost in xAI's ticks or, from OpenRouter, in USD.
func (u *Usage) read(w *wire) {
	start := w.Here()
	isObject := w.Next() == '{'
	*u = Usage{Ticks: -1}
	dollars := int64(-1)
	for key := range w.Members() {
		switch string(key) {
		case "total_tokens":
			u.Tokens = max(0, integer(w.Value(), 0))
		case "cost_in_usd_ticks":
			u.Ticks = integer(w.Value(), -1)
		case "cost":
			dollars = ticks(w.Value())
		}
	}
	if u.Ticks < 0 {
		u.Ticks = dollars
	}
	if raw := w.Since(start); isObject {
		u.Raw = raw
	}
}

// integer parses an integer; if raw is none, it returns other.
func integer(raw json.RawMessage, other int64) int64 {
	if n, err := strconv.ParseInt(string(raw), 10, 64); err == nil {
		return n
	}
	return other
}

// ticksDigits is the number of digits of a dollar in ticks: 10^10 ticks are a dollar.
const ticksDigits = 10

// ticks returns an amount in USD, a JSON number, in 10^-10 USD, rounded up; negative for any other value.
func ticks(raw json.RawMessage) int64 {
	// An exponent could require any number of digits.
	const longest = 32
	if len(raw) > longest || strings.ContainsAny(string(raw), "eE") {
		f, err := strconv.ParseFloat(string(raw), 64)
		if err != nil || !(f >= 0 && f < 1e8) {
			return -1
		}
		return int64(f * 1e10)
	}
	amount, ok := new(big.Rat).SetString(string(raw))
	if !ok || amount.Sign() < 0 {
		return -1
	}
	amount.Mul(amount, new(big.Rat).SetInt64(1e10))
	whole, rest := new(big.Int).QuoRem(amount.Num(), amount.Denom(), new(big.Int))
	if rest.Sign() > 0 {
		whole.Add(whole, big.NewInt(1))
	}
	if !whole.IsInt64() {
		return -1
	}
	return whole.Int64()
}

// USD returns a cost in 10^-10 USD, at least 0, as an exact decimal number of dollars.
func USD(ticks int64) string {
	digits := fmt.Sprintf("%0*d", ticksDigits+1, ticks)
	whole, part := digits[:len(digits)-ticksDigits], strings.TrimRight(digits[len(digits)-ticksDigits:], "0")
	if part == "" {
		return whole
	}
	return whole + "." + part
}
