package serde

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// maxDepth limits the nesting of values.
const maxDepth = 127

// The errors that several places find.
const (
	endOfValue  = "EOF while parsing a value"
	endOfString = "EOF while parsing a string"
	lone        = "lone leading surrogate in hex escape"
)

// scanner reads a JSON text up to its first error. It notices each error at the byte where serde_json does: most are
// reported behind the byte that does not fit, and text that is not UTF-8 behind its string.
type scanner struct {
	body  []byte
	at    int // number of bytes that were read
	depth int
	fault string   // what the error is
	path  []string // where it is, from the inside out
}

// checkSyntax returns a *SyntaxError if a body is not JSON as a whole.
func checkSyntax(body []byte) error {
	s := &scanner{body: body}
	if s.value() && s.end() {
		return nil
	}
	return &SyntaxError{s.where() + s.fault + position(body, s.at)}
}

// unknown stands in a path for a member whose key was not read.
const unknown = "?"

// where returns the path of the error, as the beginning of a message.
func (s *scanner) where() string {
	slices.Reverse(s.path)
	path := strings.TrimPrefix(strings.Join(s.path, ""), ".")
	if path == "" || path == unknown {
		return ""
	}
	return Clip(path) + ": "
}

// fail reports an error that the bytes read so far show.
func (s *scanner) fail(fault string) bool {
	s.fault = fault
	return false
}

// refuse reports an error that the next byte shows, or the end.
func (s *scanner) refuse(fault string) bool {
	s.at = min(s.at+1, len(s.body))
	return s.fail(fault)
}

// within adds a part to the path of an error.
func (s *scanner) within(part string) bool {
	s.path = append(s.path, part)
	return false
}

// token returns the next byte that is no white space, without reading it; ok is false at the end.
func (s *scanner) token() (c byte, ok bool) {
	for ; s.at < len(s.body); s.at++ {
		switch c := s.body[s.at]; c {
		case ' ', '\t', '\r', '\n':
		default:
			return c, true
		}
	}
	return 0, false
}

func (s *scanner) end() bool {
	if _, more := s.token(); more {
		return s.refuse("trailing characters")
	}
	return true
}

func (s *scanner) value() bool {
	c, ok := s.token()
	switch {
	case !ok:
		return s.fail(endOfValue)
	case c == '{' || c == '[':
		return s.nested(c)
	case c == '"':
		return s.text()
	case c == '-' || isDigit(c):
		return s.number()
	case c == 'n':
		return s.word("null")
	case c == 't':
		return s.word("true")
	case c == 'f':
		return s.word("false")
	}
	return s.refuse("expected value")
}

// word reads a word whose first letter is the next byte.
func (s *scanner) word(want string) bool {
	for _, c := range []byte(want) {
		switch {
		case s.at == len(s.body):
			return s.fail(endOfValue)
		case s.body[s.at] != c:
			return s.refuse("expected ident")
		}
		s.at++
	}
	return true
}

func (s *scanner) nested(opening byte) bool {
	if s.depth++; s.depth > maxDepth {
		return s.refuse("recursion limit exceeded")
	}
	s.at++
	ok := opening == '{' && s.members() || opening == '[' && s.elements()
	s.depth--
	return ok
}

func (s *scanner) elements() bool {
	for index := 0; ; index++ {
		more, ok := s.more(index == 0, "a list", ']')
		if ok && !more {
			return true
		}
		if !ok || !s.value() {
			return s.within("[" + strconv.Itoa(index) + "]")
		}
	}
}

func (s *scanner) members() bool {
	for first := true; ; first = false {
		more, ok := s.more(first, "an object", '}')
		if ok && !more {
			return true
		}
		start := s.at
		if !ok || !s.key() {
			return s.within("." + unknown)
		}
		end := s.at
		if !s.colon() || !s.value() {
			key, _ := rawjson.String(s.body[start:end])
			return s.within("." + key)
		}
	}
}

// more reads what separates the elements of a list, or the members of an object, and reports whether one follows.
func (s *scanner) more(first bool, of string, closing byte) (more, ok bool) {
	c, there := s.token()
	switch {
	case !there:
		return false, s.fail("EOF while parsing " + of)
	case c == closing:
		s.at++
		return false, true
	case first:
		return true, true
	case c != ',':
		return false, s.refuse("expected `,` or `" + string(closing) + "`")
	}
	s.at++
	c, there = s.token()
	switch {
	case !there:
		return false, s.fail(endOfValue)
	case c == closing:
		return false, s.refuse("trailing comma")
	}
	return true, true
}

// key reads the key of a member.
func (s *scanner) key() bool {
	if s.body[s.at] != '"' {
		return s.refuse("key must be a string")
	}
	return s.text()
}

func (s *scanner) colon() bool {
	c, ok := s.token()
	switch {
	case !ok:
		return s.fail("EOF while parsing an object")
	case c != ':':
		return s.refuse("expected `:`")
	}
	s.at++
	return true
}

// text reads a string.
func (s *scanner) text() bool {
	s.at++
	for start := s.at; s.at < len(s.body); {
		c := s.body[s.at]
		s.at++
		switch {
		case c == '"' && !utf8.Valid(s.body[start:s.at-1]):
			return s.fail("invalid unicode code point")
		case c == '"':
			return true
		case c == '\\' && !s.escape():
			return false
		case c < ' ':
			return s.fail(`control character (\u0000-\u001F) found while parsing a string`)
		}
	}
	return s.fail(endOfString)
}

// escape reads an escape behind its backslash.
func (s *scanner) escape() bool {
	if s.at == len(s.body) {
		return s.fail(endOfString)
	}
	s.at++
	switch s.body[s.at-1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return true
	case 'u':
		return s.character()
	}
	return s.fail("invalid escape")
}

// character reads the digits of an escape, and the second escape of a surrogate pair.
func (s *scanner) character() bool {
	const surrogates, trailing, others = 0xD800, 0xDC00, 0xE000
	unit, ok := s.unit()
	switch {
	case !ok:
		return false
	case unit < surrogates || unit >= others:
		return true
	case unit >= trailing:
		return s.fail(lone)
	}
	for _, c := range []byte(`\u`) {
		switch {
		case s.at == len(s.body):
			return s.fail(endOfString)
		case s.body[s.at] != c:
			return s.refuse("unexpected end of hex escape")
		}
		s.at++
	}
	if unit, ok = s.unit(); ok && (unit < trailing || unit >= others) {
		return s.fail(lone)
	}
	return ok
}

// unit reads four hexadecimal digits.
func (s *scanner) unit() (unit uint64, ok bool) {
	const digits = 4
	if len(s.body)-s.at < digits {
		s.at = len(s.body)
		return 0, s.fail(endOfString)
	}
	for end := s.at + digits; s.at < end; s.at++ {
		digit, err := strconv.ParseUint(string(s.body[s.at]), 16, 4)
		if err != nil {
			return 0, s.refuse("invalid escape")
		}
		unit = unit<<4 | digit
	}
	return unit, true
}
