// Package secret defines secret values, which print as stars, recognizes the names that indicate them, decides which
// servers may share one, and replaces known secrets in other text.
package secret

import (
	"bytes"
	"slices"
	"strings"
	"sync/atomic"
	"unicode"
)

// stars replaces a secret.
const stars = "*****"

// Values under minLength bytes, which occur in any text, and ordinary words under wordLength bytes, are not redacted: dummy
// keys such as "x", "ollama" and "not-needed" are not secret and may occur in replies.
const (
	minLength  = 4
	wordLength = 16
)

// String is a secret. It prints as stars; Reveal gives its value.
type String struct{ value string }

// New returns a value as a secret.
func New(value string) String { return String{value} }

// Reveal returns the value. Use it only for sending.
func (s String) Reveal() string { return s.value }

// Empty reports whether there is no value.
func (s String) Empty() bool { return s.value == "" }

// String implements fmt.Stringer.
func (s String) String() string { return stars }

// GoString implements fmt.GoStringer, so that %#v shows stars too.
func (s String) GoString() string { return stars }

// Redactor replaces known secrets by stars. The zero Redactor and a nil *Redactor know none. It is safe for concurrent
// use, also of Add.
type Redactor struct{ values atomic.Pointer[[]string] }

// Add adds a secret. It ignores values under 4 bytes, and ordinary words: letters and dashes, under 16 bytes.
func (r *Redactor) Add(value string) {
	value = strings.TrimSpace(value)
	if len(value) < minLength || isWord(value) {
		return
	}
	for {
		old := r.values.Load()
		known := r.known()
		if slices.Contains(known, value) {
			return
		}
		more := append(slices.Clone(known), value)
		// Longest first: replacing a secret inside another one first would leave the rest of the outer one.
		slices.SortStableFunc(more, func(a, b string) int { return len(b) - len(a) })
		if r.values.CompareAndSwap(old, &more) {
			return
		}
	}
}

func isWord(value string) bool {
	noLetter := func(c rune) bool { return c != '-' && !unicode.IsLetter(c) }
	return len(value) < wordLength && !strings.ContainsFunc(value, noLetter)
}

// known returns the known secrets, longest first.
func (r *Redactor) known() []string {
	if r == nil {
		return nil
	}
	if values := r.values.Load(); values != nil {
		return *values
	}
	return nil
}

// String returns s with each secret replaced.
func (r *Redactor) String(s string) string {
	for _, v := range r.known() {
		s = replace(s, v)
	}
	return s
}

// Bytes returns b with each secret replaced; b itself if there is none in it. Numbers in JSON stay as they are.
func (r *Redactor) Bytes(b []byte) []byte {
	switch {
	case !r.isIn(b):
		return b
	case isContainer(b):
		return r.strings(b, 1)
	}
	return []byte(r.String(string(b)))
}

// isIn reports whether a text contains the bytes of a secret.
func (r *Redactor) isIn(text []byte) bool {
	return slices.ContainsFunc(r.known(), func(v string) bool { return bytes.Contains(text, []byte(v)) })
}

func replace(text, secret string) string {
	var out strings.Builder
	done := 0
	for {
		i := find(text, secret, done)
		if i < 0 {
			break
		}
		out.WriteString(text[done:i] + stars)
		done = i + len(secret)
	}
	if done == 0 {
		return text
	}
	out.WriteString(text[done:])
	return out.String()
}

// find returns the index of a secret in a text, from an offset on; -1 if there is none. A secret of digits does not count
// inside a longer number, such as a time.
func find(text, secret string, from int) int {
	isDigit := func(i int) bool { return i >= 0 && i < len(text) && text[i] >= '0' && text[i] <= '9' }
	for {
		i := strings.Index(text[from:], secret)
		if i < 0 {
			return -1
		}
		i += from
		if !isDigit(i-1) && !isDigit(i+len(secret)) || strings.Trim(secret, "0123456789") != "" {
			return i
		}
		from = i + 1
	}
}
