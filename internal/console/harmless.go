package console

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Harmless replaces what a terminal would obey and what deceives the eye: C0 and DEL by their pictures; C1, bytes that are not
// UTF-8 and invisible characters by U+FFFD. Newline, tab and the CR before a newline stay, and so do invisible characters that
// emoji and scripts are made of, behind what they belong to.
func Harmless(text string) string { return new(cleaner).clean(text) }

// cleaner makes a text harmless that may come in pieces.
type cleaner struct {
	last        rune // the last character of the pieces before
	rightToLeft bool // a character of such a script has come
}

func (c *cleaner) clean(text string) string {
	var out strings.Builder
	for i, r := range text {
		switch {
		case r == '\r' && strings.HasPrefix(text[i:], "\r\n"):
			out.WriteRune(r)
		case r < 0x20 && isControl(r):
			out.WriteRune('\u2400' + r)
		case r == 0x7f:
			out.WriteRune('\u2421')
		case isControl(r), isInvisible(r) && !c.belongs(r):
			out.WriteRune(utf8.RuneError)
		default:
			out.WriteRune(r)
		}
		c.last = r
		c.rightToLeft = c.rightToLeft || isRightToLeft(r)
	}
	return out.String()
}

func isControl(r rune) bool { return unicode.IsControl(r) && r != '\n' && r != '\t' }

// isInvisible reports whether a character takes no room of its own: it reorders, joins or separates others, or only hides.
func isInvisible(r rune) bool {
	return r > unicode.MaxASCII &&
		unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) &&
		!unicode.In(r, unicode.Prepended_Concatenation_Mark, unicode.Egyptian_Hieroglyphs)
}

// The invisible characters that text is written with.
const (
	nonJoiner       = '\u200c'
	joiner          = '\u200d'
	leftToRightMark = '\u200e'
	rightToLeftMark = '\u200f'
	arabicMark      = '\u061c'
)

// belongs reports whether an invisible character belongs to what was before it.
func (c *cleaner) belongs(r rune) bool {
	visible := unicode.IsGraphic(c.last) && !unicode.IsSpace(c.last) && !isInvisible(c.last)
	switch r {
	case joiner, nonJoiner:
		return c.last > unicode.MaxASCII && (visible || unicode.Is(unicode.Variation_Selector, c.last))
	case leftToRightMark, rightToLeftMark, arabicMark:
		return c.rightToLeft && !isInvisible(c.last)
	}
	return visible && unicode.Is(unicode.Variation_Selector, r)
}

func isRightToLeft(r rune) bool {
	return unicode.In(r, unicode.Hebrew, unicode.Arabic, unicode.Syriac, unicode.Thaana, unicode.Nko)
}
