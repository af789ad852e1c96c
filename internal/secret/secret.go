// Package secret holds values that must never be shown, and finds them by value in
// whatever is about to be shown.
package secret

import (
	"bytes"
	"slices"
	"strings"
	"sync/atomic"
)

// stars stands where a secret was.
const stars = "*****"

// minLength is the length in bytes from which a value is looked for in other text: a
// dummy key such as "x" would turn every x of a reply into stars and protect nothing.
const minLength = 8

// String is a secret. It prints as stars; Reveal gives its value.
type String struct{ value string }

// New makes a secret of a value.
func New(value string) String { return String{value} }

// Reveal returns the value; for the wire only.
func (s String) Reveal() string { return s.value }

// Empty says whether there is no value.
func (s String) Empty() bool { return s.value == "" }

// String implements fmt.Stringer.
func (s String) String() string { return stars }

// GoString implements fmt.GoStringer, so that %#v shows stars too.
func (s String) GoString() string { return stars }

// Redactor replaces known secrets by stars. The zero Redactor, and a nil one, know none. It
// is safe for concurrent use: a key may become known while others are at work.
type Redactor struct{ values atomic.Pointer[[]string] }

// Add makes the redactor look for a value; the empty and those under 8 bytes are passed over.
func (r *Redactor) Add(value string) {
	value = strings.TrimSpace(value)
	if len(value) < minLength {
		return
	}
	forms := []string{value}
	if escaped := strings.ReplaceAll(value, "/", `\/`); escaped != value {
		// JSON may be written so.
		forms = append(forms, escaped)
	}
	for {
		old := r.values.Load()
		more := slices.Concat(r.known(), forms)
		// The longest first, so that a secret inside another leaves nothing of the outer one.
		slices.SortFunc(more, func(a, b string) int { return len(b) - len(a) })
		if r.values.CompareAndSwap(old, &more) {
			return
		}
	}
}

// known are the values that are looked for, the longest first.
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

// Bytes returns b with each secret replaced; b itself where there is none in it.
func (r *Redactor) Bytes(b []byte) []byte {
	for _, v := range r.known() {
		if bytes.Contains(b, []byte(v)) {
			b = bytes.ReplaceAll(b, []byte(v), []byte(stars))
		}
	}
	return b
}

// Named says whether a header's or query parameter's name is one that carries secrets.
func Named(name string) bool {
	name = strings.ToLower(name)
	if strings.Contains(name, "ratelimit") {
		// There tokens are counted.
		name = strings.ReplaceAll(name, "tokens", "")
	}
	for _, word := range []string{"auth", "key", "token", "secret", "cookie", "password", "credential", "signature"} {
		if strings.Contains(name, word) {
			return true
		}
	}
	return false
}
