package schema

import (
	"net/netip"
	"net/url"
	"strings"
	"time"
)

// isFormat holds a string to a format. One that isn't known allows everything.
func isFormat(s, format string) bool {
	switch format {
	case "date":
		_, err := time.Parse(time.DateOnly, s)
		return err == nil
	case "time":
		return isDateTime("2000-01-01T" + s)
	case "date-time":
		return isDateTime(s)
	case "email":
		at := strings.LastIndexByte(s, '@')
		return at > 0 && !strings.ContainsAny(s[:at], " \t\r\n@<>") && isHostname(s[at+1:])
	case "hostname":
		return isHostname(s)
	case "ipv4":
		ip, err := netip.ParseAddr(s)
		return err == nil && ip.Is4()
	case "ipv6":
		ip, err := netip.ParseAddr(s)
		return err == nil && ip.Is6() && ip.Zone() == ""
	case "uri":
		u, err := url.Parse(s)
		return err == nil && u.IsAbs() && !strings.ContainsFunc(s, outsideURI)
	case "uuid":
		return isUUID(s)
	}
	return true
}

func isDateTime(s string) bool {
	// A leap second is a time, though not to Go.
	s = strings.Replace(strings.ToUpper(s), "T23:59:60", "T23:59:59", 1)
	_, err := time.Parse(time.RFC3339, s)
	return err == nil && !strings.Contains(s, ",")
}

func isHostname(s string) bool {
	const longest, longestLabel = 253, 63
	for label := range strings.SplitSeq(s, ".") {
		if label == "" || len(label) > longestLabel || label[0] == '-' || label[len(label)-1] == '-' ||
			strings.ContainsFunc(label, func(c rune) bool { return !isAlphanumeric(c) && c != '-' }) {
			return false
		}
	}
	return len(s) <= longest
}

func isUUID(s string) bool {
	const length = 36
	if len(s) != length {
		return false
	}
	for i, c := range []byte(s) {
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if c != '-' {
				return false
			}
		} else if (c < '0' || c > '9') && (c|' ' < 'a' || c|' ' > 'f') {
			return false
		}
	}
	return true
}

func isAlphanumeric(c rune) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}

func outsideURI(c rune) bool {
	return c <= ' ' || c > '~' || strings.ContainsRune("\"<>\\^`{|}", c)
}
