package reply

import (
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"
	"strings"
)

// Usage is what a reply took.
type Usage struct {
	// Raw is the object as the server wrote it; nil where it sent none.
	Raw json.RawMessage
	// Tokens are all tokens that the object counts; 0 where it counts none.
	Tokens int64
	// Ticks are the cost in 10^-10 USD; negative where the server gave none.
	Ticks int64
}

// Add adds what another reply took to the sums.
func (u *Usage) Add(more Usage) {
	u.Tokens += more.Tokens
	if more.Ticks >= 0 {
		u.Ticks = max(0, u.Ticks) + more.Ticks
	}
}

// read reads the usage that is next: tokens, and the cost in xAI's ticks or in USD, as OpenRouter writes it.
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

// integer reads an integer, or returns other.
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
	// An exponent could ask for any number of digits.
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

// USD writes a cost in 10^-10 USD, 0 or more, as an exact decimal number of dollars.
func USD(ticks int64) string {
	digits := fmt.Sprintf("%0*d", ticksDigits+1, ticks)
	whole, part := digits[:len(digits)-ticksDigits], strings.TrimRight(digits[len(digits)-ticksDigits:], "0")
	if part == "" {
		return whole
	}
	return whole + "." + part
}
