package schema

import "strings"

// maxBrief is the length in bytes above which a text in a message is cut.
const maxBrief = 80

// brief returns JSON without the white space between its tokens, cut where it is long.
func brief(raw []byte) string {
	var out []byte
	quoted, escaped := false, false
	for _, b := range raw {
		if !quoted && (b == ' ' || b == '\t' || b == '\r' || b == '\n') {
			continue
		}
		if b == '"' && !escaped {
			quoted = !quoted
		}
		escaped = b == '\\' && !escaped
		if out = append(out, b); len(out) > maxBrief {
			break
		}
	}
	return cut(string(out))
}

func cut(text string) string {
	if len(text) > maxBrief {
		text = strings.ToValidUTF8(text[:maxBrief], "") + "…"
	}
	return strings.ToValidUTF8(text, "\uFFFD")
}
