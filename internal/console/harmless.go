package console

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Harmless replaces characters that control a terminal or deceive a reader: C0 controls and DEL by their control
// pictures, and C1 controls, invalid UTF-8 and invisible characters by U+FFFD. It keeps newlines, tabs, a CR before a
// newline, and invisible characters that are part of emoji or of the spelling in some scripts, if they follow a
// matching character.
func Harmless(text string) string { return new(cleaner).clean(text) }

// cleaner applies Harmless to a text that arrives in pieces.
type cleaner struct {
	last        rune // last character so far
	rightToLeft bool // the text contains a character of a right-to-left script
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

// isInvisible reports whether a character has no width: it reorders, joins or separates others, or shows nothing.
func isInvisible(r rune) bool {
	return r > unicode.MaxASCII &&
		unicode.In(r, unicode.Cf, unicode.Zl, unicode.Zp, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector) &&
		!unicode.In(r, unicode.Prepended_Concatenation_Mark, unicode.Egyptian_Hieroglyphs)
}

// Invisible characters that ordinary text contains.
const (
	nonJoiner       = '\u200c'
	joiner          = '\u200d'
	leftToRightMark = '\u200e'
	rightToLeftMark = '\u200f'
	arabicMark      = '\u061c'
)

// belongs reports whether an invisible character may follow the last character in ordinary text.
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
