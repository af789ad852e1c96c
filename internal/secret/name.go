package secret

import (
	"slices"
	"strings"
	"unicode"
)

// Named reports whether the name of a header, a query parameter or a variable indicates a secret.
func Named(name string) bool {
	if strings.HasPrefix(strings.ToLower(name), "access-control-") {
		// CORS headers contain no secrets, although their names may mention credentials.
		return false
	}
	return slices.ContainsFunc(nameParts(name), func(part string) bool {
		// In the headers of rate limits, tokens are a number.
		return meansSecret(part) && (part != "tokens" || !isRateLimit(name))
	})
}

func isRateLimit(name string) bool {
	return strings.Contains(strings.ReplaceAll(strings.ToLower(name), "-", ""), "ratelimit")
}

// nameParts splits a name at characters other than letters and digits, and before an upper-case letter that follows a
// lower-case one. It returns the parts in lower case.
func nameParts(name string) []string {
	var split strings.Builder
	small := false
	for _, c := range name {
		if small && unicode.IsUpper(c) {
			split.WriteByte('-')
		}
		small = unicode.IsLower(c)
		split.WriteRune(unicode.ToLower(c))
	}
	return strings.FieldsFunc(split.String(), func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) })
}

// meansSecret reports whether a part of a name indicates a secret, also if joined to another word or a number, as in
// apikey2.
func meansSecret(part string) bool {
	part = strings.TrimRight(part, "0123456789")
	for _, word := range []string{
		"authoriz", "authoris", "authentication", "token", "secret", "password", "passwd", "passphrase", "passcode", "cookie", "session", "sessid",
		"bearer", "credential", "signature", "subscription", "jwt",
	} {
		if strings.Contains(part, word) {
			return true
		}
	}
	switch part {
	case "authn", "access", "pass":
		return true
	}
	return slices.ContainsFunc([]string{"key", "keys", "pwd", "auth"}, func(end string) bool { return strings.HasSuffix(part, end) })
}
