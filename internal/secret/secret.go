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

// Values under minLength bytes, and ordinary words under wordLength bytes, are not redacted: dummy keys such as "x",
// "ollama" and "not-needed" are not secret and may occur in replies.
const (
	minLength  = 8
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

// Add adds a secret. It ignores values under 8 bytes, and ordinary words: letters and dashes, under 16 bytes.
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
	noLetter := func(c rune) bool { return c != '-' && c != '_' && !unicode.IsLetter(c) }
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
		s = strings.ReplaceAll(s, v, stars)
	}
	return s
}

// Bytes returns b with each secret replaced; b itself if there is none in it.
func (r *Redactor) Bytes(b []byte) []byte {
	for _, v := range r.known() {
		if bytes.Contains(b, []byte(v)) {
			b = bytes.ReplaceAll(b, []byte(v), []byte(stars))
		}
	}
	return b
}
