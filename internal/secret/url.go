package secret

import (
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// InURL returns the secret values in a URL, each decoded and escaped: the password, or the user name if there is none,
// and the values of query parameters whose names indicate a secret.
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

// RedactURL returns a URL with its secret values replaced by stars.
func RedactURL(u *url.URL) string {
	const hidden = "xxxxx" // as in url.URL.Redacted, because stars would be escaped
	shown := *u
	shown.RawQuery = RedactQuery(u.RawQuery)
	if _, both := u.User.Password(); u.User != nil && !both {
		shown.User = url.User(hidden)
	}
	return strings.NewReplacer("//"+hidden+"@", "//"+stars+"@", ":"+hidden+"@", ":"+stars+"@").Replace(shown.Redacted())
}

// RedactQuery returns a raw query with secret values replaced by stars.
func RedactQuery(query string) string {
	pairs := strings.Split(query, "&")
	for i, pair := range pairs {
		if name, _, given := strings.Cut(pair, "="); given && secretParameter(name) {
			pairs[i] = name + "=" + stars
		}
	}
	return strings.Join(pairs, "&")
}

// secretParameter reports whether the escaped name of a query parameter indicates a secret.
func secretParameter(escaped string) bool {
	name, err := url.QueryUnescape(escaped)
	// The embedded endpoint's setting "tokens" is a number of words.
	return err != nil || Named(name) && name != "tokens"
}

// HeaderLines returns header fields as "Name: value", ordered by name, with secrets replaced by stars.
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

// AddHeader adds the value of a header field as a secret, and also the credential after a scheme such as Bearer, and the
// password in a Basic credential.
func (r *Redactor) AddHeader(value string) {
	r.Add(value)
	scheme, credential, ok := strings.Cut(strings.TrimSpace(value), " ")
	if !ok {
		return
	}
	r.Add(credential[strings.LastIndexByte(credential, ' ')+1:])
	if plain, err := base64.StdEncoding.DecodeString(credential); err == nil && strings.EqualFold(scheme, "Basic") {
		_, password, _ := strings.Cut(string(plain), ":")
		r.Add(password)
	}
}

// AddURL adds the secret values in a URL, and its user and password as a header encodes them.
func (r *Redactor) AddURL(u *url.URL) {
	for _, value := range InURL(u) {
		r.Add(value)
	}
	if u.User != nil {
		r.Add(BasicCredential(u.User))
	}
}

// BasicCredential returns the user and the password of a URL as a header encodes them after "Basic".
func BasicCredential(user *url.Userinfo) string {
	password, _ := user.Password()
	return base64.StdEncoding.EncodeToString([]byte(user.Username() + ":" + password))
}
