package format

import (
	"slices"
	"strings"
	"unicode"
)

// decodePunycode follows RFC 3492.
func decodePunycode(s string) (decoded []rune, ok bool) {
	if i := strings.LastIndexByte(s, '-'); i >= 0 {
		decoded, s = []rune(s[:i]), s[i+1:]
	}
	code, at, bias := 128, 0, 72
	for first := true; s != ""; first = false {
		delta, rest, ok := punycodeDelta(s, bias)
		s, at = rest, at+delta
		n := len(decoded) + 1
		if code += at / n; !ok || code > unicode.MaxRune {
			return nil, false
		}
		at %= n
		decoded = slices.Insert(decoded, at, rune(code))
		at++
		bias = punycodeBias(delta, n, first)
	}
	return decoded, true
}

const (
	punycodeBase = 36
	punycodeMin  = 1
	punycodeMax  = 26
)

// punycodeDelta reads a number of variable length.
func punycodeDelta(s string, bias int) (delta int, rest string, ok bool) {
	const limit = 1 << 25 // beyond what any letter needs
	weight := 1
	for k := punycodeBase; s != "" && weight < limit; k += punycodeBase {
		digit := strings.IndexByte(letters[:26]+digits, s[0])
		if isLetter(s[0]) {
			digit = int(s[0] | 0x20 - 'a')
		}
		if s = s[1:]; digit < 0 || digit > limit/weight {
			return 0, "", false
		}
		delta += digit * weight
		threshold := min(max(k-bias, punycodeMin), punycodeMax)
		if digit < threshold {
			return delta, s, delta < limit
		}
		weight *= punycodeBase - threshold
	}
	return 0, "", false
}

func punycodeBias(delta, n int, first bool) (bias int) {
	const firstDamp, damp, skew = 700, 2, 38
	if first {
		delta /= firstDamp
	} else {
		delta /= damp
	}
	delta += delta / n
	for delta > (punycodeBase-punycodeMin)*punycodeMax/2 {
		delta /= punycodeBase - punycodeMin
		bias += punycodeBase
	}
	return bias + punycodeBase*delta/(delta+skew)
}

// isULabel reports whether RFC 5892 allows a label with characters beyond ASCII. What depends on
// normalization is not checked.
func isULabel(label []rune) bool {
	last := len(label) - 1
	if last < 0 || last >= longestLabel-len("xn--") || label[0] == '-' || label[last] == '-' ||
		last > 2 && label[2] == '-' && label[3] == '-' || unicode.Is(unicode.M, label[0]) {
		return false
	}
	for i := range label {
		if !allowedInLabel(label, i) {
			return false
		}
	}
	return slices.ContainsFunc(label, func(r rune) bool { return !isASCII(r) })
}

func allowedInLabel(label []rune, i int) bool {
	before, after := rune(0), rune(0)
	if i > 0 {
		before = label[i-1]
	}
	if i+1 < len(label) {
		after = label[i+1]
	}
	switch r := label[i]; {
	case strings.ContainsRune("\u06fd\u06fe\u0f0b\u3007", r):
		return true
	case strings.ContainsRune("\u0640\u07fa\u302e\u302f\u3031\u3032\u3033\u3034\u3035\u303b", r):
		return false
	case r == '\u00b7': // middle dot
		return before == 'l' && after == 'l'
	case r == '\u0375': // Greek keraia
		return unicode.Is(unicode.Greek, after)
	case r == '\u05f3' || r == '\u05f4': // Hebrew geresh and gershayim
		return unicode.Is(unicode.Hebrew, before)
	case r == '\u30fb': // Katakana middle dot
		return slices.ContainsFunc(label, isJapanese)
	case r == '\u200c': // zero width non-joiner
		return isVirama(before) || joins(before) && joins(after)
	case r == '\u200d': // zero width joiner
		return isVirama(before)
	case r >= '\u0660' && r <= '\u0669': // Arabic-Indic digits, of which there are two kinds
		return !slices.ContainsFunc(label, func(r rune) bool { return r >= '\u06f0' && r <= '\u06f9' })
	default:
		return r == '-' || unicode.In(r, unicode.Ll, unicode.Lo, unicode.Lm, unicode.M, unicode.Nd)
	}
}

func isJapanese(r rune) bool {
	return r != '\u30fb' && unicode.In(r, unicode.Hiragana, unicode.Katakana, unicode.Han)
}

func isVirama(r rune) bool {
	const viramas = "\u094d\u09cd\u0a4d\u0acd\u0b4d\u0bcd\u0c4d\u0ccd\u0d3b\u0d3c\u0d4d\u0dca\u0e3a\u0eba\u0f84\u1039\u103a" +
		"\u1714\u1715\u1734\u17d2\u1a60\u1b44\u1baa\u1bab\u1bf2\u1bf3\u2d7f\ua806\ua82c\ua8c4\ua953\ua9c0\uaaf6\uabed"
	return r != 0 && strings.ContainsRune(viramas, r)
}

// joins reports whether a letter is of a script whose letters are joined.
func joins(r rune) bool {
	return unicode.In(r, unicode.Arabic, unicode.Syriac, unicode.Nko, unicode.Mandaic, unicode.Mongolian, unicode.Phags_Pa, unicode.Manichaean)
}
