package sample

import (
	"encoding/json"
	"math/big"
	"strconv"
	"strings"
)

// numbers returns numbers that may fit: near one, near the bounds and between them.
func (n need) numbers(integer bool, at place) (candidates []json.RawMessage) {
	step := n.step(integer)
	first := big.NewRat(3+2*int64(at.nth), 2)
	if step != nil {
		first = multiple(big.NewRat(1+int64(at.nth), 1), step, 0)
	}
	for _, v := range append([]*big.Rat{first}, n.nearBounds(step, at.nth)...) {
		if digits, exact := v.FloatPrec(); exact {
			candidates = append(candidates, []byte(v.FloatString(digits)))
		}
	}
	for _, p := range n.all { // as they are written, however large
		for _, keyword := range []string{"minimum", "maximum", "multipleOf"} {
			if v := p.words.Get(keyword); v != nil {
				candidates = append(candidates, v)
			}
		}
	}
	return candidates
}

// step returns the number whose multiples are wanted, or nil.
func (n need) step(integer bool) (step *big.Rat) {
	if integer {
		step = big.NewRat(1, 1)
	}
	for _, p := range n.all {
		if v := rational(p.words.Get("multipleOf")); v != nil {
			step = common(step, v)
		}
	}
	return step
}

func (n need) nearBounds(step *big.Rat, nth int) (near []*big.Rat) {
	by := step
	if by == nil {
		by = big.NewRat(1, 1)
	}
	var bounds []*big.Rat
	for _, p := range n.all {
		for _, keyword := range []string{"minimum", "exclusiveMinimum", "maximum", "exclusiveMaximum"} {
			bound := rational(p.words.Get(keyword))
			if bound == nil {
				continue
			}
			for _, other := range bounds {
				near = append(near, between(other, bound, nth))
			}
			bounds = append(bounds, bound)
			n := int64(nth)
			near = append(near, multiple(bound, by, n), multiple(bound, by, n+1), multiple(bound, by, -n-1), bound)
		}
	}
	return near
}

// rational reads a number, and returns nil for one that would be very long when written out.
func rational(raw []byte) *big.Rat {
	const longest = 400
	text := string(raw)
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		if e, err := strconv.Atoi(text[i+1:]); err != nil || e > longest || e < -longest {
			return nil
		}
	}
	if v, ok := new(big.Rat).SetString(text); ok && len(text) <= longest {
		return v
	}
	return nil
}

// common returns the smallest number that is a multiple of both; nil stands for no limit.
func common(a, b *big.Rat) *big.Rat {
	if a == nil {
		return b
	}
	gcd := func(x, y *big.Int) *big.Int { return new(big.Int).GCD(nil, nil, x, y) }
	top := new(big.Int).Mul(a.Num(), b.Num())
	return new(big.Rat).SetFrac(top.Quo(top, gcd(a.Num(), b.Num())), gcd(a.Denom(), b.Denom()))
}

// between returns the middle of two numbers, or by nth one that is closer to the first.
func between(a, b *big.Rat, nth int) *big.Rat {
	part := big.NewRat(1, 2<<(nth%32))
	part.Mul(part, new(big.Rat).Sub(b, a))
	return part.Add(part, a)
}

// multiple returns the first multiple of step from v on, and n steps from there.
func multiple(v, step *big.Rat, n int64) *big.Rat {
	steps := new(big.Rat).Quo(v, step)
	down, rest := new(big.Int).DivMod(steps.Num(), steps.Denom(), new(big.Int))
	if rest.Sign() > 0 {
		n++
	}
	down.Add(down, big.NewInt(n))
	return steps.Mul(steps.SetInt(down), step)
}
