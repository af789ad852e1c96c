package rawjson

import (
	"bytes"
	"encoding/hex"
)

// maxDepth is how deep values may be nested, as in encoding/json.
const maxDepth = 10000

// Valid says whether raw is one JSON value. It accepts what encoding/json accepts, at
// several times its speed: every reply, chunk and record is checked once.
func Valid(raw []byte) bool {
	valid, _ := check(raw)
	return valid
}

// check says whether raw is one JSON value, and where it is, whether there is white space
// between its tokens.
func check(raw []byte) (valid, spaced bool) {
	s := scanner{raw: raw}
	end, ok := s.value(s.space(0), 0)
	return ok && s.space(end) == len(raw), s.spaced
}

// scanner holds what is scanned, and whether white space was met between tokens.
type scanner struct {
	raw    []byte
	spaced bool
}

// space is the place of the first byte from i on that is no white space.
func (s *scanner) space(i int) int {
	end := space(s.raw, i)
	s.spaced = s.spaced || end > i
	return end
}

// value returns the place after the value that begins at i.
func (s *scanner) value(i, depth int) (end int, ok bool) {
	raw := s.raw
	if i >= len(raw) || depth > maxDepth {
		return i, false
	}
	switch c := raw[i]; c {
	case '{', '[':
		return s.items(i, depth+1, c == '{')
	case '"':
		return scanString(raw, i)
	case 't':
		return i + 4, bytes.HasPrefix(raw[i:], []byte("true"))
	case 'f':
		return i + 5, bytes.HasPrefix(raw[i:], []byte("false"))
	case 'n':
		return i + 4, bytes.HasPrefix(raw[i:], []byte("null"))
	}
	return scanNumber(raw, i)
}

// items scans an object or an array.
func (s *scanner) items(i, depth int, object bool) (end int, ok bool) {
	raw := s.raw
	last := raw[i] + 2 // both closing brackets stand two behind their opening ones
	i = s.space(i + 1)
	if i < len(raw) && raw[i] == last {
		return i + 1, depth <= maxDepth
	}
	for {
		if object {
			if i, ok = s.key(i); !ok {
				return i, false
			}
		}
		if i, ok = s.value(i, depth); !ok {
			return i, false
		}
		i = s.space(i)
		switch {
		case i < len(raw) && raw[i] == last:
			return i + 1, true
		case i >= len(raw) || raw[i] != ',':
			return i, false
		}
		i = s.space(i + 1)
	}
}

// key scans a key and its colon, up to the value.
func (s *scanner) key(i int) (end int, ok bool) {
	raw := s.raw
	if i >= len(raw) || raw[i] != '"' {
		return i, false
	}
	if i, ok = scanString(raw, i); !ok {
		return i, false
	}
	i = s.space(i)
	if i >= len(raw) || raw[i] != ':' {
		return i, false
	}
	return s.space(i + 1), true
}

func scanString(raw []byte, i int) (end int, ok bool) {
	for i++; i < len(raw); i++ {
		switch c := raw[i]; {
		case c == '"':
			return i + 1, true
		case c < ' ':
			return i, false
		case c == '\\':
			n := escape(raw[i+1:])
			if n == 0 {
				return i, false
			}
			i += n
		}
	}
	return i, false
}

// escape is the number of bytes of the escape after a backslash; 0 where there is none.
func escape(raw []byte) int {
	switch {
	case len(raw) == 0:
		return 0
	case raw[0] != 'u':
		return min(1, 1+bytes.IndexByte([]byte(`"\/bfnrt`), raw[0]))
	case len(raw) < 5:
		return 0
	}
	if _, err := hex.Decode(make([]byte, 2), raw[1:5]); err != nil {
		return 0
	}
	return 5
}

func scanNumber(raw []byte, i int) (end int, ok bool) {
	if raw[i] == '-' {
		i++
	}
	whole := i
	if i = scanDigits(raw, i); i == whole || raw[whole] == '0' && i > whole+1 {
		return i, false
	}
	if i < len(raw) && raw[i] == '.' {
		part := i + 1
		if i = scanDigits(raw, part); i == part {
			return i, false
		}
	}
	if i < len(raw) && (raw[i] == 'e' || raw[i] == 'E') {
		if i++; i < len(raw) && (raw[i] == '+' || raw[i] == '-') {
			i++
		}
		power := i
		if i = scanDigits(raw, i); i == power {
			return i, false
		}
	}
	return i, true
}

func scanDigits(raw []byte, i int) int {
	for i < len(raw) && raw[i] >= '0' && raw[i] <= '9' {
		i++
	}
	return i
}
