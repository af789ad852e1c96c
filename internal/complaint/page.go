package complaint

import (
	"bytes"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"
)

// LooksLikeHTML reports whether the beginning of a body looks like an HTML page.
func LooksLikeHTML(body []byte) bool {
	return bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) || HoldsHTML(body[:min(len(body), 1024)])
}

// PageName returns what to call an answer that is a page and no JSON; empty for any other.
func PageName(body []byte, h http.Header) string {
	kind, _, _ := mime.ParseMediaType(h.Get("Content-Type"))
	body = bytes.TrimSpace(body)
	isTagged := bytes.HasPrefix(body, []byte("<"))
	switch isPage := HoldsHTML(body[:min(len(body), 1024)]); {
	case isTagged && !isPage && (bytes.HasPrefix(body, []byte("<?xml")) || strings.HasSuffix(kind, "/xml")):
		return "XML"
	case isTagged, isPage, kind == "text/html" && len(body) > 0 && !bytes.ContainsAny(body[:1], `{[`):
		return "an HTML page"
	}
	return ""
}

// isBinary reports whether a body begins with more than a few bytes that no text has: a picture, compressed data, UTF-16. A text may
// hold some, and bytes of another character set.
func isBinary(body []byte) bool {
	const few = 8 // one of so many
	strange, all := 0, 0
	for _, c := range string(body[:min(len(body), 1024)]) {
		all++
		if c == utf8.RuneError || c < ' ' && !strings.ContainsRune("\t\n\v\f\r\b\x1b", c) {
			strange++
		}
	}
	return strange*few > all
}

// HoldsHTML reports whether a text holds the beginning of an HTML page.
func HoldsHTML(text []byte) bool {
	text = bytes.ToLower(text)
	return bytes.Contains(text, []byte("<html")) || bytes.Contains(text, []byte("<!doctype"))
}
