package secret

import (
	"slices"
	"strings"
	"unicode"
)

// Named reports whether a header, a query parameter or a variable of this name carries a secret: one of the parts of its name
// means one.
func Named(name string) bool {
	if strings.HasPrefix(strings.ToLower(name), "access-control-") {
		// CORS says who may ask.
		return false
	}
	return slices.ContainsFunc(nameParts(name), func(part string) bool {
		// A rate limit counts tokens.
		return meansSecret(part) && (part != "tokens" || !isRateLimit(name))
	})
}

func isRateLimit(name string) bool {
	return strings.Contains(strings.ReplaceAll(strings.ToLower(name), "-", ""), "ratelimit")
}

// nameParts splits a name at everything but letters and digits, and where a capital follows a small letter, and returns its
// parts in small letters.
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

// meansSecret reports whether a part of a name means a secret, also where another word is glued to it, as in apikey.
func meansSecret(part string) bool {
	for _, word := range []string{
		"authoriz", "authoris", "token", "secret", "password", "passwd", "passphrase", "cookie", "session", "bearer", "credential",
		"signature", "subscription",
	} {
		if strings.Contains(part, word) {
			return true
		}
	}
	switch part {
	case "auth", "access", "pass", "pwd", "jwt":
		return true
	}
	return strings.HasSuffix(part, "key") || strings.HasSuffix(part, "keys") || strings.HasSuffix(part, "pwd") || strings.HasSuffix(part, "auth")
}
