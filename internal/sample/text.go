package sample

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// texts returns strings that may fit: of the format, with the name of the place, of the pattern.
func (n need) texts(at place) (candidates []json.RawMessage) {
	const longest = 1 << 16
	least, most := n.bounds("Length")
	if least > longest {
		return nil
	}
	plain := at.text()
	var found, matches []string
	for _, p := range n.all {
		if format, ok := rawjson.String(p.words.Get("format")); ok {
			found = append(found, formatted(format, plain, at.nth))
		}
		if pattern, ok := rawjson.String(p.words.Get("pattern")); ok {
			short := matching(pattern, 0, at.nth)
			lacks := max(0, least-utf8.RuneCountInString(short))
			matches = append(matches, short, matching(pattern, lacks, at.nth), matching(pattern, lacks+1, at.nth))
		}
	}
	for _, s := range slices.Concat(found, []string{sized(plain, least, most)}, matches) {
		candidates = append(candidates, rawjson.Quote(s))
	}
	return candidates
}

// text returns what a text at a place says.
func (p place) text() string {
	switch {
	case p.name == "":
		return "text"
	case p.nth > 0:
		return fmt.Sprintf("%s %d", p.name, p.nth+1)
	}
	return p.name
}

// sized repeats a text or cuts it until its length is allowed.
func sized(s string, least, most int) string {
	runes := []rune(s)
	for again := append([]rune{' '}, runes...); len(runes) < least; {
		runes = append(runes, again...)
	}
	return string(runes[:min(len(runes), max(most, 0))])
}

// formatted returns a text of a format, made of plain or of nth, and plain for any other format.
func formatted(format, plain string, nth int) string {
	word := strings.Map(func(c rune) rune {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' {
			return c
		}
		return '-'
	}, plain)
	day := 1 + nth%28
	switch format {
	case "date":
		return fmt.Sprintf("2026-01-%02d", day)
	case "date-time":
		return fmt.Sprintf("2026-01-%02dT12:00:00Z", day)
	case "time":
		return fmt.Sprintf("12:%02d:00Z", nth%60)
	case "duration":
		return fmt.Sprintf("P%dD", day)
	case "email", "idn-email":
		return word + "@example.com"
	case "uri", "uri-reference", "iri", "iri-reference", "uri-template":
		return "https://example.com/" + word
	case "hostname", "idn-hostname":
		return fmt.Sprintf("host-%d.example.com", nth+1)
	case "ipv4":
		return fmt.Sprintf("192.0.2.%d", 1+nth%254)
	case "ipv6":
		return fmt.Sprintf("2001:db8::%x", 1+nth%0xffff)
	case "uuid":
		return fmt.Sprintf("00000000-0000-4000-8000-%012x", nth+1)
	case "json-pointer":
		return "/" + word
	case "relative-json-pointer":
		return "0/" + word
	case "regex":
		return word
	}
	return plain
}
