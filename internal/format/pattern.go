package format

import (
	"fmt"
	"regexp/syntax"
	"strings"
)

// GoPattern translates a regular expression of ECMAScript, which JSON Schema uses, for Go's
// regexp. It fails for lookarounds and back references, which Go lacks, and for what ECMAScript
// lacks. The rest of the syntax is left for regexp to check.
func GoPattern(text string) (string, error) {
	t := translator{rest: text}
	t.translate()
	if t.err == nil && t.lacking != "" {
		t.err = fmt.Errorf("a pattern cannot have a %s", t.lacking)
	}
	return t.out.String(), t.err
}

// isPattern reports whether a text is a regular expression of ECMAScript, whatever it uses.
func isPattern(text string) bool {
	t := translator{rest: text}
	t.translate()
	_, err := syntax.Parse(t.out.String(), syntax.Perl)
	return t.err == nil && err == nil
}

// translator rewrites a pattern from its start to its end.
type translator struct {
	rest    string
	out     strings.Builder
	lacking string // what Go lacks; something of the same syntax is written for it
	err     error
}

func (t *translator) translate() {
	for t.rest != "" && t.err == nil {
		switch {
		case t.take(`\`):
			t.escape(false)
		case t.take("[^]"):
			t.out.WriteString(`[\x00-\x{10ffff}]`)
		case t.take("[]"):
			t.out.WriteString(`[^\x00-\x{10ffff}]`)
		case t.take("["):
			t.class()
		case t.take("(?"):
			t.group()
		case t.take("."):
			t.out.WriteString(`[^\n\r\x{2028}\x{2029}]`)
		default:
			t.copy(1)
		}
	}
}

func (t *translator) take(prefix string) (ok bool) {
	t.rest, ok = strings.CutPrefix(t.rest, prefix)
	return ok
}

func (t *translator) copy(n int) {
	t.out.WriteString(t.rest[:n])
	t.rest = t.rest[n:]
}

func (t *translator) fail(what string) {
	if t.err == nil {
		t.err = fmt.Errorf("%q in a pattern is not ECMAScript", what)
	}
}

func (t *translator) lacks(what string) {
	if t.lacking == "" {
		t.lacking = what
	}
}

// class translates a character class whose bracket has been read.
func (t *translator) class() {
	t.out.WriteByte('[')
	for t.rest != "" && t.err == nil {
		switch {
		case t.take(`\`):
			t.escape(true)
		case t.take("["):
			t.out.WriteString(`\[`)
		case t.take("]"):
			t.out.WriteByte(']')
			return
		default:
			t.copy(1)
		}
	}
}

// group translates what follows the ? of a group.
func (t *translator) group() {
	t.out.WriteByte('(')
	switch {
	case t.take("=") || t.take("!"):
		t.lacks("lookahead")
	case t.take("<=") || t.take("<!"):
		t.lacks("lookbehind")
	case t.take("<"):
		name, rest, ok := strings.Cut(t.rest, ">")
		if t.rest = rest; !ok || name == "" {
			t.fail("(?<")
		}
	default:
		flags := t.rest[:len(t.rest)-len(strings.TrimLeft(t.rest, "ims-"))]
		if !strings.HasPrefix(t.rest[len(flags):], ":") {
			t.fail("(?" + t.rest[:min(1, len(t.rest))])
			return
		}
		t.out.WriteByte('?')
		t.copy(len(flags) + 1)
	}
}
