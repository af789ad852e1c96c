package format

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// isEmail follows RFC 5321, and RFC 6531 where characters beyond ASCII are allowed.
func isEmail(s string, allowed func(rune) bool, isHost func(string) bool) bool {
	const longest = 64 // of the local part
	at := strings.LastIndexByte(s, '@')
	if at <= 0 || at > longest {
		return false
	}
	local, host := s[:at], s[at+1:]
	if literal, ok := strings.CutPrefix(host, "["); ok {
		literal, ok = strings.CutSuffix(literal, "]")
		isHost = func(string) bool { return ok && isMailLiteral(literal) }
	}
	return isHost(host) && (isDotted(local, allowed) || isQuoted(local, allowed))
}

func isMailLiteral(s string) bool {
	if ip, ok := strings.CutPrefix(s, "IPv6:"); ok {
		return isIPv6(ip)
	}
	return isIPv4(s)
}

func isDotted(s string, allowed func(rune) bool) bool {
	for word := range strings.SplitSeq(s, ".") {
		if word == "" || !consists(word, letters+digits+"!#$%&'*+-/=?^_`{|}~", allowed) {
			return false
		}
	}
	return true
}

func isQuoted(s string, allowed func(rune) bool) bool {
	s, opened := strings.CutPrefix(s, `"`)
	s, closed := strings.CutSuffix(s, `"`)
	escaped := false
	for _, r := range s {
		if r == '"' && !escaped || isASCII(r) && unicode.IsControl(r) || !isASCII(r) && !allowed(r) {
			return false
		}
		escaped = r == '\\' && !escaped
	}
	return opened && closed && !escaped
}

const (
	longestHost  = 253
	longestLabel = 63
)

// isHostname follows RFC 1123. A label that encodes characters beyond ASCII has to be one that
// RFC 5891 allows.
func isHostname(s string) bool {
	for label := range strings.SplitSeq(s, ".") {
		if !isLabel(label) {
			return false
		}
	}
	return len(s) <= longestHost
}

func isLabel(s string) bool {
	if s == "" || len(s) > longestLabel || s[0] == '-' || s[len(s)-1] == '-' || !consists(s, letters+digits+"-", noRune) {
		return false
	}
	const prefix = "xn--"
	if len(s) < len(prefix) || !strings.EqualFold(s[:len(prefix)], prefix) {
		return true
	}
	decoded, ok := decodePunycode(s[len(prefix):])
	return ok && isULabel(decoded)
}

// isIDNHostname follows RFC 5890, except for the rule of RFC 5893 on directions of writing.
func isIDNHostname(s string) bool {
	dots := strings.NewReplacer("。", ".", "．", ".", "｡", ".")
	for label := range strings.SplitSeq(dots.Replace(s), ".") {
		if !isLabel(label) && !isULabel([]rune(label)) {
			return false
		}
	}
	return utf8.RuneCountInString(s) <= longestHost
}
