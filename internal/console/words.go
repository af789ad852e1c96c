package console

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// How many bytes are shown of a server's words, and of a name that it gave.
const (
	MaxLine = 4 << 10
	MaxName = 256
)

// maxMessage is how many bytes are shown of a message that holds a server's words beside our own.
const maxMessage = MaxLine + 1<<10

// OneLine makes text fit for a line of its own on any terminal: harmless, white space folded, at most limit bytes, and the
// number of bytes that were left out.
func OneLine(text string, limit int) string {
	more := ""
	if len(text) > limit {
		cut := limit
		for cut > 0 && !utf8.RuneStart(text[cut]) {
			cut--
		}
		more = fmt.Sprintf(" … (%d more bytes)", len(text)-cut)
		text = text[:cut]
	}
	return Harmless(strings.Join(strings.FieldsFunc(strings.ReplaceAll(text, "\r\n", "\n"), isSpace), " ")) + more
}

// isSpace reports whether a character is white space that may be folded. A CR that ends no line is shown, as it is what is
// wrong with a file's name or a URL.
func isSpace(c rune) bool { return unicode.IsSpace(c) && c != '\r' }

// Plural returns "1 record" or "2 records".
func Plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// Duration writes a duration without the zeros that Go leaves in it: 1h, not 1h0m0s.
func Duration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// Quote quotes a word of a command that a person is to type, where it needs quotes.
func Quote(word string) string {
	plain := func(c rune) bool {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune(plainPunctuation, c)
	}
	if word != "" && !strings.ContainsFunc(word, func(c rune) bool { return !plain(c) }) {
		return word
	}
	return quote(word)
}

// QuoteShell puts a word in quotes for a POSIX shell.
func QuoteShell(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }
