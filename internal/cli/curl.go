package cli

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// curl is the request as a command that runs: the body in a here-document, for pictures
// are larger than an argument may be, and the key by the name of its variable.
func (c *conversation) curl(body rawjson.Doc, header http.Header, to *endpoint) (rawjson.Doc, error) {
	if to.offline {
		return rawjson.Doc{}, usage("", "the embedded endpoint has no address that curl could reach")
	}
	args := []string{"curl", "-sS", "--fail-with-body", "--no-buffer", quoteShell(redactURL(to.base.JoinPath("chat/completions")))}
	flag := func(name, value string) { args = append(args, name, value) }
	flag("-H", quoteShell("Content-Type: application/json"))
	header.Del("Content-Type")
	if header.Get("Authorization") == "" {
		switch {
		case to.xai:
			flag("-H", `"Authorization: Bearer $`+xaiKeyVariable+`"`)
		case c.connect.hasKey(c.env):
			flag("-H", `"Authorization: Bearer $`+keyVariable+`"`)
		}
	}
	for _, line := range headerLines(header) {
		flag("-H", quoteShell(line))
	}
	if c.connect.cacert != "" {
		flag("--cacert", quoteShell(c.connect.cacert))
	}
	if through, err := c.connect.proxyURL(c.env); err != nil {
		return rawjson.Doc{}, err
	} else if through != nil {
		flag("--proxy", quoteShell(redactURL(through)))
	}
	if c.connect.connectTimeout > 0 {
		flag("--connect-timeout", fmt.Sprint(c.connect.connectTimeout.Seconds()))
	}
	if c.connect.timeout > 0 {
		flag("--max-time", fmt.Sprint(c.connect.timeout.Seconds()))
	}
	end, err := delimiter(body)
	if err != nil {
		return rawjson.Doc{}, err
	}
	var doc rawjson.Doc
	doc.Text(strings.Join(args, " ") + " --data-binary @- <<'" + end + "'\n")
	doc.Append(body)
	doc.Text("\n" + end + "\n")
	return doc, nil
}

// hasKey says whether a key is set up for servers other than xAI's.
func (f *connectFlags) hasKey(e *env) bool {
	return e.get(keyVariable) != "" || f.keyFile != "" || f.keyCommand != ""
}

// guardShown refuses to show a command that would send a key where others could read it.
func (f *connectFlags) guardShown(e *env, to *endpoint, header http.Header) error {
	header = header.Clone()
	if f.hasKey(e) {
		header.Set("Authorization", "Bearer")
	}
	return f.guard(to, header)
}

// delimiter is a word that is in no line of the body.
func delimiter(body rawjson.Doc) (string, error) {
	literal, err := io.ReadAll(body.WithoutBase64().Reader())
	if err != nil {
		return "", fmt.Errorf("reading the request: %w", err)
	}
	word := "JSON"
	for bytes.Contains(literal, []byte(word)) {
		word += "_"
	}
	return word, nil
}

// quoteShell quotes a word for a POSIX shell.
func quoteShell(s string) string {
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}
