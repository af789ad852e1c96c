package format

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// What \s and \S mean in ECMAScript, as the inside of a character class.
const (
	space    = `\t-\r \x{a0}\x{1680}\x{2000}-\x{200a}\x{2028}\x{2029}\x{202f}\x{205f}\x{3000}\x{feff}`
	nonSpace = `\x00-\x08\x0e-\x1f!-\x{9f}\x{a1}-\x{167f}\x{1681}-\x{1fff}\x{200b}-\x{2027}\x{202a}-\x{202e}` +
		`\x{2030}-\x{205e}\x{2060}-\x{2fff}\x{3001}-\x{fefe}\x{ff00}-\x{10ffff}`
)

// escape translates what follows a backslash, outside or inside of a character class.
func (t *translator) escape(inClass bool) {
	_, size := utf8.DecodeRuneInString(t.rest)
	c := t.rest[:size]
	t.rest = t.rest[size:]
	switch {
	case c == "s":
		t.space(space, inClass)
	case c == "S":
		t.space(nonSpace, inClass)
	case c == "b" && inClass:
		t.character('\b')
	case c != "" && strings.Contains("bBdDwWtnvfr", c), size == 1 && !isLetter(c[0]) && !isDigit(c[0]):
		t.out.WriteString(`\` + c)
	case c == "p" || c == "P":
		t.property(c)
	case c == "k", size == 1 && c[0] >= '1' && c[0] <= '9':
		t.backReference(c, inClass)
	default:
		r, ok := t.code(c)
		if !ok {
			t.fail(`\` + c)
		}
		t.character(r)
	}
}

func (t *translator) space(class string, inClass bool) {
	if !inClass {
		class = "[" + class + "]"
	}
	t.out.WriteString(class)
}

func (t *translator) character(r rune) { fmt.Fprintf(&t.out, `\x{%x}`, r) }

// property translates \p{Script=Greek}, whose first half Go does without.
func (t *translator) property(c string) {
	name, rest, ok := strings.Cut(t.rest, "}")
	if !ok || !strings.HasPrefix(name, "{") {
		t.fail(`\` + c)
		return
	}
	t.rest = rest
	_, value, found := strings.Cut(name, "=")
	if !found {
		value = name[1:]
	}
	t.out.WriteString(`\` + c + "{" + value + "}")
}

func (t *translator) backReference(c string, inClass bool) {
	if c == "k" {
		name, rest, ok := strings.Cut(t.rest, ">")
		if t.rest = rest; !ok || !strings.HasPrefix(name, "<") {
			t.fail(`\k`)
		}
	}
	if inClass {
		t.fail(`\` + c)
	}
	t.rest = strings.TrimLeft(t.rest, digits)
	t.out.WriteString("(?:)")
	t.lacks("back reference")
}

// code reads the rest of an escape of one character.
func (t *translator) code(c string) (r rune, ok bool) {
	switch {
	case c == "0":
		return 0, true
	case c == "c" && t.rest != "" && isLetter(t.rest[0]):
		r = rune(t.rest[0] % 32)
		t.rest = t.rest[1:]
		return r, true
	case c == "x":
		return t.hex(2)
	case c == "u" && t.take("{"):
		code, rest, _ := strings.Cut(t.rest, "}")
		t.rest = rest
		n, err := strconv.ParseUint(code, 16, 32)
		return rune(n), err == nil && n <= utf8.MaxRune
	case c == "u":
		return t.unit()
	}
	return 0, false
}

// unit reads four digits, and the other half of a surrogate pair if they are one half. Half a pair
// becomes what it is in a decoded instance.
func (t *translator) unit() (r rune, ok bool) {
	r, ok = t.hex(4)
	if !ok || !utf16.IsSurrogate(r) {
		return r, ok
	}
	before := t.rest
	if t.take(`\u`) {
		low, _ := t.hex(4)
		if pair := utf16.DecodeRune(r, low); pair != utf8.RuneError {
			return pair, true
		}
	}
	t.rest = before
	return utf8.RuneError, true
}

func (t *translator) hex(n int) (r rune, ok bool) {
	if len(t.rest) < n {
		return 0, false
	}
	code, err := strconv.ParseUint(t.rest[:n], 16, 32)
	t.rest = t.rest[n:]
	return rune(code), err == nil
}
