package format

import (
	"strconv"
	"strings"
	"unicode"
)

const (
	unreserved = letters + digits + "-._~"
	subDelims  = "!$&'()*+,;="
)

// isURI follows RFC 3986, and RFC 3987 where characters beyond ASCII are allowed.
func isURI(s string, allowed func(rune) bool, absolute bool) bool {
	rest, fragment, _ := strings.Cut(s, "#")
	rest, query, _ := strings.Cut(rest, "?")
	first, _, _ := strings.Cut(rest, "/")
	scheme, _, found := strings.Cut(first, ":")
	if found && !isScheme(scheme) || absolute && !found {
		return false
	}
	if found {
		rest = rest[len(scheme)+1:]
	}
	if after, ok := strings.CutPrefix(rest, "//"); ok {
		authority, _, _ := strings.Cut(after, "/")
		if !isAuthority(authority, allowed) {
			return false
		}
		rest = after[len(authority):]
	}
	const path = unreserved + subDelims + ":@/"
	return isText(rest, path, allowed) && isText(query, path+"?", allowed) && isText(fragment, path+"?", allowed)
}

// isText reports whether a text consists of such characters and percent encodings.
func isText(s, ascii string, allowed func(rune) bool) bool {
	s, rest, more := strings.Cut(s, "%")
	for consists(s, ascii, allowed) {
		if !more {
			return true
		}
		if len(rest) < 2 || !isHex(rest[0]) || !isHex(rest[1]) {
			return false
		}
		s, rest, more = strings.Cut(rest[2:], "%")
	}
	return false
}

func isScheme(s string) bool {
	return s != "" && isLetter(s[0]) && consists(s, letters+digits+"+-.", noRune)
}

func isAuthority(s string, allowed func(rune) bool) bool {
	user, host, found := strings.Cut(s, "@")
	if !found {
		user, host = "", s
	}
	port := ""
	if literal, ok := strings.CutPrefix(host, "["); ok {
		literal, port, ok = strings.Cut(literal, "]")
		if !ok || !isIPLiteral(literal) || port != "" && port[0] != ':' {
			return false
		}
		host, port = "", strings.TrimPrefix(port, ":")
	} else {
		host, port, _ = strings.Cut(host, ":")
	}
	return isText(user, unreserved+subDelims+":", allowed) && isText(host, unreserved+subDelims, allowed) &&
		consists(port, digits, noRune)
}

func isIPLiteral(s string) bool {
	if s == "" || s[0]|0x20 != 'v' {
		return isIPv6(s)
	}
	version, rest, _ := strings.Cut(s[1:], ".")
	return version != "" && consists(version, digits+"abcdefABCDEF", noRune) &&
		rest != "" && consists(rest, unreserved+subDelims+":", noRune)
}

// isURITemplate follows RFC 6570.
func isURITemplate(s string) bool {
	for s != "" {
		literal, expression, found := strings.Cut(s, "{")
		expression, rest, closed := strings.Cut(expression, "}")
		if !isLiteral(literal) || found && (!closed || !isExpression(expression)) {
			return false
		}
		s = rest
	}
	return true
}

func isLiteral(s string) bool {
	const printable = unreserved + subDelims + ":/?#[]@"
	return isText(s, printable, func(r rune) bool { return !unicode.IsControl(r) })
}

func isExpression(s string) bool {
	if s != "" && strings.IndexByte("+#./;?&=,!@|", s[0]) >= 0 {
		s = s[1:]
	}
	for variable := range strings.SplitSeq(s, ",") {
		if !isVariable(variable) {
			return false
		}
	}
	return true
}

// isVariable takes a name, with a * or the length of a prefix behind it.
func isVariable(s string) bool {
	name, length, found := strings.Cut(s, ":")
	if !found {
		name = strings.TrimSuffix(name, "*")
	} else if n, err := strconv.Atoi(length); err != nil || strconv.Itoa(n) != length || n < 1 || n > 9999 {
		return false
	}
	for part := range strings.SplitSeq(name, ".") {
		if part == "" || !isText(part, letters+digits+"_", noRune) {
			return false
		}
	}
	return true
}
