package schema

import (
	"bytes"
	"cmp"
	"math"
	"math/big"
	"strconv"
	"strings"
)

// number is a JSON number without loss: 0.DIGITS times ten to the power of point. It is never
// written out in full, so that 1e1000000000 costs no more than 1. Equal numbers are equal structs.
type number struct {
	negative bool
	digits   string // without zeros at either end; empty for 0
	point    int64
}

// parseNumber reads a number whose syntax is known to be valid. An exponent beyond 2^60 is taken
// for 2^60.
func parseNumber(raw []byte) (n number) {
	raw, n.negative = bytes.CutPrefix(raw, []byte("-"))
	text := string(raw)
	if i := strings.IndexAny(text, "eE"); i >= 0 {
		const limit = 1 << 60
		// Out of range it is the nearest integer.
		exponent, _ := strconv.ParseInt(text[i+1:], 10, 64)
		text, n.point = text[:i], min(max(exponent, -limit), limit)
	}
	whole, fraction, _ := strings.Cut(text, ".")
	n.digits = strings.TrimLeft(whole+fraction, "0")
	n.point += int64(len(n.digits) - len(fraction))
	n.digits = strings.TrimRight(n.digits, "0")
	if n.digits == "" {
		return number{}
	}
	return n
}

func (n number) integer() bool { return n.point >= int64(len(n.digits)) }

// compare returns -1, 0 or 1 as n is less than, equal to or greater than other.
func (n number) compare(other number) int {
	if a, b := n.sign(), other.sign(); a != b || a == 0 {
		return cmp.Compare(a, b)
	}
	return n.sign() * cmp.Or(cmp.Compare(n.point, other.point), strings.Compare(n.digits, other.digits))
}

func (n number) sign() int {
	switch {
	case n.digits == "":
		return 0
	case n.negative:
		return -1
	}
	return 1
}

// exponent returns the power of ten by which the digits, read as an integer, are multiplied.
func (n number) exponent() int64 { return n.point - int64(len(n.digits)) }

// multipleOf reports whether n is an integer times a step, whose digits are divisor.
func (n number) multipleOf(step number, divisor *big.Int) bool {
	shift := n.exponent() - step.exponent()
	if n.digits == "" || shift < 0 { // digits that do not end in zero are not divisible by ten
		return n.digits == ""
	}
	rest := new(big.Int).Exp(big.NewInt(10), big.NewInt(shift), divisor)
	rest.Mul(rest, remainder(n.digits, divisor))
	return rest.Mod(rest, divisor).Sign() == 0
}

// remainder divides digits piece by piece, so that it takes time in proportion to their number.
func remainder(digits string, divisor *big.Int) *big.Int {
	const size = 18
	rest := new(big.Int)
	for len(digits) > 0 {
		piece := digits[:min(size, len(digits))]
		digits = digits[len(piece):]
		// A piece fits an int64.
		n, _ := strconv.ParseInt(piece, 10, 64)
		rest.Mul(rest, big.NewInt(int64(math.Pow10(len(piece)))))
		rest.Mod(rest.Add(rest, big.NewInt(n)), divisor)
	}
	return rest
}

// count returns an integer of at least 0 as an int, and one that is too large for it as the
// largest int; ok is false for any other number.
func (n number) count() (count int, ok bool) {
	if n.negative || !n.integer() {
		return 0, false
	}
	const most = 9
	if n.point > most {
		return math.MaxInt, true
	}
	// At most nine digits fit any int.
	count, _ = strconv.Atoi("0" + n.digits + strings.Repeat("0", int(n.exponent())))
	return count, true
}

func (n number) appendKey(out []byte) []byte {
	if n.negative {
		out = append(out, '-')
	}
	out = append(append(out, n.digits...), 'e')
	return strconv.AppendInt(out, n.point, 10)
}
