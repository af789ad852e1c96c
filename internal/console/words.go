package console

import (
	"fmt"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Limits in bytes of a server's message and of a name from a server, as they are shown.
const (
	MaxLine = 4 << 10
	MaxName = 256
)

// maxMessage limits in bytes a message that includes a server's message.
const maxMessage = MaxLine + 1<<10

// OneLine makes text harmless, folds white space, and cuts the text to limit bytes. If it cuts, it appends the number
// of bytes left out.
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

// isSpace reports whether a character is white space to fold. A CR is kept and shown, because it is often the mistake
// in a file name or a URL.
func isSpace(c rune) bool { return unicode.IsSpace(c) && c != '\r' }

// Plural returns "1 record" or "2 records".
func Plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// Duration formats a duration without trailing zero units: 1h, not 1h0m0s.
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

// Quote quotes a word of a command for the user's shell, if it needs quotes.
func Quote(word string) string {
	plain := func(c rune) bool {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune(plainPunctuation, c)
	}
	if word != "" && !strings.ContainsFunc(word, func(c rune) bool { return !plain(c) }) {
		return word
	}
	return quote(word)
}

// QuoteShell quotes a word for a POSIX shell.
func QuoteShell(word string) string { return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'" }
