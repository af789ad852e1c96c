package sample

import (
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// texts returns strings that may do: by format, what the spot is called, by pattern.
func (n need) texts(at *spot) (candidates []json.RawMessage) {
	const longest = 1 << 16
	least, most := n.bounds("Length")
	if least > longest {
		return nil
	}
	plain := at.name
	if plain == "" {
		plain = "text"
	}
	if at.nth > 0 {
		plain += fmt.Sprintf(" %d", at.nth+1)
	}
	var found, samples []string
	for _, s := range n.all {
		if format, ok := rawjson.String(s.Get("format")); ok {
			found = append(found, formatted(format, plain, at.nth))
		}
		if pattern, ok := rawjson.String(s.Get("pattern")); ok {
			short := sample(pattern, 0, at.nth)
			lacks := max(0, least-utf8.RuneCountInString(short))
			samples = append(samples, short, sample(pattern, lacks, at.nth), sample(pattern, lacks+1, at.nth))
		}
	}
	found = slices.Concat(found, []string{sized(plain, least, most)}, samples)
	for _, s := range found {
		candidates = append(candidates, rawjson.Quote(s))
	}
	return candidates
}

// sized says a text again or cuts it until its length is allowed.
func sized(s string, least, most int) string {
	if s == "" {
		s = "text"
	}
	runes := []rune(s)
	for again := append([]rune{' '}, runes...); len(runes) < least; {
		runes = append(runes, again...)
	}
	return string(runes[:min(len(runes), max(most, 0))])
}

func formatted(format, plain string, nth int) string {
	word := strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' {
			return c
		}
		return '-'
	}, plain)
	day := 1 + nth%28
	switch format {
	case "date":
		return fmt.Sprintf("2026-01-%02d", day)
	case "date-time":
		return fmt.Sprintf("2026-01-%02dT12:00:00Z", day)
	case "time":
		return fmt.Sprintf("12:%02d:00Z", nth%60)
	case "duration":
		return fmt.Sprintf("P%dD", day)
	case "email":
		return word + "@example.com"
	case "uri", "uri-reference":
		return "https://example.com/" + word
	case "hostname":
		return fmt.Sprintf("host-%d.example.com", nth+1)
	case "ipv4":
		return fmt.Sprintf("192.0.2.%d", 1+nth%254)
	case "ipv6":
		return fmt.Sprintf("2001:db8::%x", 1+nth%0xffff)
	case "uuid":
		return fmt.Sprintf("00000000-0000-4000-8000-%012x", nth+1)
	}
	return plain
}

// numbers returns numbers that may do: near one, near the bounds and between them.
func (n need) numbers(integer bool, at *spot) (candidates []json.RawMessage) {
	var bounds []*big.Rat
	var step *big.Rat
	if integer {
		step = big.NewRat(1, 1)
	}
	for _, s := range n.all {
		for _, key := range []string{"minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"} {
			if bound, ok := new(big.Rat).SetString(string(s.Get(key))); ok {
				bounds = append(bounds, bound)
			}
		}
		if multiple, ok := new(big.Rat).SetString(string(s.Get("multipleOf"))); ok {
			step = common(step, multiple)
		}
	}
	nth := int64(at.nth)
	found := []*big.Rat{big.NewRat(3+2*nth, 2)}
	if step != nil {
		found[0] = stepped(big.NewRat(1+nth, 1), step, 0)
	}
	by := step
	if by == nil {
		by = big.NewRat(1, 1)
	}
	for i, bound := range bounds {
		for _, other := range bounds[:i] {
			found = append(found, between(other, bound, at.nth))
		}
		found = append(found, stepped(bound, by, nth), stepped(bound, by, nth+1), stepped(bound, by, -nth-1), bound)
	}
	for _, v := range found {
		if digits, exact := v.FloatPrec(); exact {
			candidates = append(candidates, []byte(v.FloatString(digits)))
		}
	}
	return candidates
}

// common is the smallest number that both steps lead to; nil is no step.
func common(a, b *big.Rat) *big.Rat {
	if a == nil {
		return b
	}
	gcd := func(x, y *big.Int) *big.Int { return new(big.Int).GCD(nil, nil, x, y) }
	top := new(big.Int).Mul(a.Num(), b.Num())
	return new(big.Rat).SetFrac(top.Quo(top, gcd(a.Num(), b.Num())), gcd(a.Denom(), b.Denom()))
}

// between is the middle of two numbers; by nth, closer to the first.
func between(a, b *big.Rat, nth int) *big.Rat {
	part := big.NewRat(1, 2<<(nth%32))
	part.Mul(part, new(big.Rat).Sub(b, a))
	return part.Add(part, a)
}

// stepped is the first multiple of step from v on, and n steps from there.
func stepped(v, step *big.Rat, n int64) *big.Rat {
	steps := new(big.Rat).Quo(v, step)
	down, rest := new(big.Int).DivMod(steps.Num(), steps.Denom(), new(big.Int))
	if rest.Sign() > 0 {
		n++
	}
	down.Add(down, big.NewInt(n))
	return steps.Mul(steps.SetInt(down), step)
}
