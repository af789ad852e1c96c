// Package format knows the formats of texts that JSON Schema names, and the regular expressions
// that it uses.
package format

import (
	"net/netip"
	"strings"
)

// Check returns the function that reports whether a text has a format, or nil if the format is not
// known.
func Check(name string) func(text string) bool {
	switch name {
	case "date":
		return isDate
	case "time":
		return isTime
	case "date-time":
		return isDateTime
	case "duration":
		return isDuration
	case "email":
		return func(s string) bool { return isEmail(s, noRune, isHostname) }
	case "idn-email":
		return func(s string) bool { return isEmail(s, anyRune, isIDNHostname) }
	case "hostname":
		return isHostname
	case "idn-hostname":
		return isIDNHostname
	case "ipv4":
		return isIPv4
	case "ipv6":
		return isIPv6
	case "uri":
		return func(s string) bool { return isURI(s, noRune, true) }
	case "uri-reference":
		return func(s string) bool { return isURI(s, noRune, false) }
	case "iri":
		return func(s string) bool { return isURI(s, anyRune, true) }
	case "iri-reference":
		return func(s string) bool { return isURI(s, anyRune, false) }
	case "uri-template":
		return isURITemplate
	case "uuid":
		return isUUID
	case "json-pointer":
		return isPointer
	case "relative-json-pointer":
		return isRelativePointer
	case "regex":
		return isPattern
	}
	return nil
}

const (
	digits  = "0123456789"
	letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
)

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

func isHex(c byte) bool { return isDigit(c) || c|0x20 >= 'a' && c|0x20 <= 'f' }

// consists reports whether a text has only such ASCII characters, and allowed ones beyond ASCII.
func consists(s, ascii string, allowed func(rune) bool) bool {
	for _, r := range s {
		if isASCII(r) && !strings.ContainsRune(ascii, r) || !isASCII(r) && !allowed(r) {
			return false
		}
	}
	return true
}

func isASCII(r rune) bool { return r < 0x80 }
func anyRune(rune) bool   { return true }
func noRune(rune) bool    { return false }

func isIPv4(s string) bool {
	ip, err := netip.ParseAddr(s)
	return err == nil && ip.Is4()
}

func isIPv6(s string) bool {
	ip, err := netip.ParseAddr(s)
	return err == nil && ip.Is6() && ip.Zone() == ""
}

func isUUID(s string) bool {
	const form = "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"
	if len(s) != len(form) {
		return false
	}
	for i := range len(s) {
		if dash := form[i] == '-'; dash != (s[i] == '-') || !dash && !isHex(s[i]) {
			return false
		}
	}
	return true
}

func isPointer(s string) bool {
	for i := range len(s) {
		if s[i] == '~' && (i+1 == len(s) || s[i+1] != '0' && s[i+1] != '1') {
			return false
		}
	}
	return s == "" || s[0] == '/'
}

func isRelativePointer(s string) bool {
	rest := strings.TrimLeft(s, digits)
	up := s[:len(s)-len(rest)]
	return up != "" && (up == "0" || up[0] != '0') && (rest == "#" || isPointer(rest))
}
