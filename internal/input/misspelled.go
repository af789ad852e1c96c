package input

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// misspelled returns an error if a key of an object is nearly one of the given names. Use it only for chatcmpl's own
// keys: servers accept unknown request fields.
func misspelled(obj rawjson.Object, names ...string) error {
	for _, m := range obj {
		if slices.Contains(names, m.Key) {
			continue
		}
		for _, name := range names {
			if isNear(m.Key, name) {
				return fmt.Errorf("%q is not a field of a record; did you mean %q?", m.Key, name)
			}
		}
	}
	return nil
}

// isNear reports whether word differs from name at most by case, by characters other than letters and digits, and by
// one letter that is missing, added, wrong or swapped with the next.
func isNear(word, name string) bool {
	a, b := fold(word), fold(name)
	for len(a) > 0 && len(b) > 0 && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	for len(a) > 0 && len(b) > 0 && a[len(a)-1] == b[len(b)-1] {
		a, b = a[:len(a)-1], b[:len(b)-1]
	}
	if len(a) == 2 && len(b) == 2 {
		return a[0] == b[1] && a[1] == b[0]
	}
	return len(a) <= 1 && len(b) <= 1
}

func fold(word string) []rune {
	return []rune(strings.Map(func(c rune) rune {
		if !unicode.IsLetter(c) && !unicode.IsDigit(c) {
			return -1
		}
		return unicode.ToLower(c)
	}, word))
}
