package secret

import (
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// InURL returns the secret values in a URL, each as it is and as it is escaped: the password, or a user name without one,
// and the values of query parameters whose names mean a secret.
func InURL(u *url.URL) []string {
	var found []string
	if password, ok := u.User.Password(); ok {
		found = append(found, password, url.User(password).String())
	} else if token := u.User.Username(); token != "" {
		found = append(found, token, url.User(token).String())
	}
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		name, escaped, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(escaped); err == nil && plain != "" && secretParameter(name) {
			found = append(found, plain, escaped)
		}
	}
	return found
}

// RedactURL writes a URL with stars in place of the values that InURL returns.
func RedactURL(u *url.URL) string {
	const hidden = "xxxxx" // as url.URL.Redacted writes it: stars would be escaped
	shown := *u
	shown.RawQuery = RedactQuery(u.RawQuery)
	if _, both := u.User.Password(); u.User != nil && !both {
		shown.User = url.User(hidden)
	}
	return strings.NewReplacer("//"+hidden+"@", "//"+stars+"@", ":"+hidden+"@", ":"+stars+"@").Replace(shown.Redacted())
}

// RedactQuery writes a raw query with stars in place of secret values.
func RedactQuery(query string) string {
	pairs := strings.Split(query, "&")
	for i, pair := range pairs {
		if name, _, given := strings.Cut(pair, "="); given && secretParameter(name) {
			pairs[i] = name + "=" + stars
		}
	}
	return strings.Join(pairs, "&")
}

// secretParameter reports whether a query parameter holds a secret, by its escaped name.
func secretParameter(escaped string) bool {
	name, err := url.QueryUnescape(escaped)
	// The embedded endpoint's setting "tokens" is a number of words.
	return err != nil || Named(name) && name != "tokens"
}

// HeaderLines writes header fields as "Name: value", ordered by name, with stars in place of secrets.
func HeaderLines(h http.Header) []string {
	var lines []string
	for _, name := range slices.Sorted(maps.Keys(h)) {
		for _, value := range h[name] {
			if Named(name) {
				value = stars
			} else if to, err := url.Parse(value); err == nil && strings.HasSuffix(name, "Location") {
				value = RedactURL(to)
			}
			lines = append(lines, name+": "+value)
		}
	}
	return lines
}

// AddHeader makes the redactor look for the value of a header field: the whole and, after a scheme such as Bearer, the
// credential alone.
func (r *Redactor) AddHeader(value string) {
	r.Add(value)
	r.Add(value[strings.LastIndexByte(value, ' ')+1:])
}

// AddURL makes the redactor look for the secrets in a URL.
func (r *Redactor) AddURL(u *url.URL) {
	for _, value := range InURL(u) {
		r.Add(value)
	}
}
