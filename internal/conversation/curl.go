package conversation

import (
	"bytes"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/connect"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
	"github.com/chatcmpl/chatcmpl/internal/secret"
)

// maxArgument is the size in bytes of the largest argument that Linux takes, with its end.
const maxArgument = 128 << 10

// curl is a command that sends a request, with shell variables in place of secrets.
type curl struct {
	args      []string
	variables variables
}

// curl returns the request as a command on one line. A body that is too large for an argument comes through a pipe, from
// printf, which shells run themselves.
func (s *session) curl(body rawjson.Doc, header http.Header, to *connect.Endpoint) (rawjson.Doc, error) {
	var doc rawjson.Doc
	if to.Offline {
		return doc, failure.BadUsage("", "the embedded endpoint has no address that curl could reach")
	}
	c := &curl{args: []string{"curl", "-sS", "--fail-with-body", "--no-buffer"}}
	key := s.keyVariable(to, header)
	c.endpoint(to.Base, key != "" || header.Get("Authorization") != "")
	c.headers(header, key)
	if err := s.curlNetwork(c, to); err != nil {
		return doc, err
	}
	command := strings.Join(c.args, " ") + " --data-binary "
	if body.Len() < maxArgument {
		doc.Text(command + "'")
		doc.Append(body.Map(quoted))
		doc.Text("'\n")
	} else {
		doc.Text("printf %s '")
		doc.Append(body.Map(quoted))
		doc.Text("' | " + command + "@-\n")
	}
	c.variables.tell(s.con)
	return doc, nil
}

// quoted returns JSON as it stands between quotes of a shell, on one line.
func quoted(raw []byte) []byte { return bytes.ReplaceAll(oneLine(raw), []byte("'"), []byte(`'\''`)) }

// keyVariable returns the variable that holds the key; empty if none is sent, and if the header has the user's own credential.
func (s *session) keyVariable(to *connect.Endpoint, header http.Header) string {
	isSet := func(name string) bool { return s.Connect.Getenv(name) != "" }
	switch {
	case header.Get("Authorization") != "":
		return ""
	case to.XAI && (isSet(connect.XAIKeyVariable) || !isSet(connect.KeyVariable)):
		return connect.XAIKeyVariable
	case s.Connect.HasKey():
		return connect.KeyVariable
	}
	return ""
}

// endpoint adds the URL. Its user is sent unless there is another credential.
func (c *curl) endpoint(base *url.URL, hasCredential bool) {
	at := *base.JoinPath("chat/completions")
	user, query := at.User, at.RawQuery
	at.User, at.RawQuery = nil, ""
	if strings.ContainsAny(at.Path+query, "[]{}") {
		c.args = append(c.args, "--globoff")
	}
	c.args = append(c.args, word(append([]part{{text: at.String()}}, c.query(query)...)...))
	if !hasCredential {
		c.user("--user", user, "BASE_URL")
	}
}

// query returns a query with a variable in place of each secret value, which it holds as it stands in the URL.
func (c *curl) query(raw string) []part {
	if raw == "" {
		return nil
	}
	parts := []part{{text: "?"}}
	for i, pair := range strings.Split(raw, "&") {
		if i > 0 {
			parts = append(parts, part{text: "&"})
		}
		name, value, _ := strings.Cut(pair, "=")
		if value == "" || secret.RedactQuery(pair) == pair {
			parts = append(parts, part{text: pair})
			continue
		}
		variable := c.variables.add(name, "the value of "+name+" in the base URL, as it stands there")
		parts = append(parts, part{text: name + "="}, part{variable: variable})
	}
	return parts
}

// user adds a user and a password of a URL; of a user alone the name is the secret.
func (c *curl) user(flag string, user *url.Userinfo, prefix string) {
	if user == nil {
		return
	}
	parts := []part{{text: user.Username() + ":"}}
	if _, has := user.Password(); has {
		parts = append(parts, part{variable: c.variables.add(prefix+"_PASSWORD", "the password in the URL")})
	} else {
		parts = []part{{variable: c.variables.add(prefix+"_USER", "the user in the URL")}, {text: ":"}}
	}
	c.args = append(c.args, flag, word(parts...))
}

// headers adds header fields, ordered by name behind those of every request, and the key.
func (c *curl) headers(header http.Header, key string) {
	kind := header.Get("Content-Type")
	if kind == "" {
		kind = "application/json"
	}
	c.args = append(c.args, "-H", word(part{text: "Content-Type: " + kind}))
	if key != "" {
		c.args = append(c.args, "-H", word(part{text: "Authorization: Bearer "}, part{variable: key}))
	}
	for _, name := range slices.Sorted(maps.Keys(header)) {
		if name == "Content-Type" {
			continue
		}
		for _, value := range header[name] {
			c.args = append(c.args, "-H", word(c.header(name, value)...))
		}
	}
}

func (c *curl) header(name, value string) []part {
	if value == "" {
		// curl takes a field without a value so.
		return []part{{text: name + ";"}}
	}
	if !secret.Named(name) {
		return []part{{text: name + ": " + value}}
	}
	scheme, meaning := "", "the header "+name
	if strings.HasSuffix(name, "Authorization") {
		scheme = schemeOf(value)
	}
	if scheme != "" {
		meaning += ", behind " + scheme
		scheme += " "
	}
	return []part{{text: name + ": " + scheme}, {variable: c.variables.add(name, meaning)}}
}

// schemeOf returns the word before a credential, such as Bearer; empty if there is no such word alone.
func schemeOf(value string) string {
	scheme, credential, two := strings.Cut(value, " ")
	isLetter := func(r rune) bool { return r >= 'A' && r <= 'Z' || r >= 'a' && r <= 'z' }
	if !two || strings.Contains(credential, " ") || strings.ContainsFunc(scheme, func(r rune) bool { return !isLetter(r) }) {
		return ""
	}
	return scheme
}

// curlNetwork adds what says how to connect.
func (s *session) curlNetwork(c *curl, to *connect.Endpoint) error {
	for _, file := range [][2]string{{"--cacert", s.Connect.CACert}, {"--cert", s.Connect.ClientCert}, {"--key", s.Connect.ClientKey}} {
		if file[1] != "" {
			c.args = append(c.args, file[0], console.QuoteShell(file[1]))
		}
	}
	through, err := s.Connect.Proxy(s.con, to.Base)
	if err != nil {
		return err
	}
	if through != nil {
		at := *through
		at.User = nil
		c.args = append(c.args, "--proxy", console.QuoteShell(at.String()))
		c.user("--proxy-user", through.User, "PROXY")
	}
	if limit := s.Connect.ConnectTimeout; limit > 0 {
		c.args = append(c.args, "--connect-timeout", fmt.Sprint(limit.Seconds()))
	}
	if limit := s.Connect.Timeout; limit > 0 {
		c.args = append(c.args, "--max-time", fmt.Sprint(limit.Seconds()))
	}
	return nil
}
