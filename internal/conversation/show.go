package conversation

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/connect"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
	"github.com/chatcmpl/chatcmpl/internal/render"
	"github.com/chatcmpl/chatcmpl/internal/secret"
)

// show prints the request in place of sending it.
func (s *session) show(to *connect.Endpoint) error {
	s.Connect.HideKeyFile(s.con)
	header, _, err := s.Connect.Header(s.con)
	if err != nil {
		return err
	}
	doc := s.req.Doc()
	if s.Curl {
		if err := s.Connect.GuardShown(s.con, to, header); err != nil {
			return err
		}
		if doc, err = s.curl(doc, header, to); err != nil {
			return err
		}
	} else {
		doc.Text("\n")
	}
	if _, err := doc.WriteTo(s.out); err != nil {
		return &render.WriteError{Err: err}
	}
	return nil
}

// curl returns the request as a command that runs: the body in a here-document, because pictures are larger than an argument
// may be, and the key by the name of its variable.
func (s *session) curl(body rawjson.Doc, header http.Header, to *connect.Endpoint) (rawjson.Doc, error) {
	if to.Offline {
		return rawjson.Doc{}, failure.BadUsage("", "the embedded endpoint has no address that curl could reach")
	}
	args := []string{"curl", "-sS", "--fail-with-body", "--no-buffer", console.QuoteShell(secret.RedactURL(to.Base.JoinPath("chat/completions")))}
	args = append(args, s.curlHeaders(header, to)...)
	network, err := s.curlNetwork(to)
	if err != nil {
		return rawjson.Doc{}, err
	}
	args = append(args, network...)
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

func (s *session) curlHeaders(header http.Header, to *connect.Endpoint) []string {
	args := []string{"-H", console.QuoteShell("Content-Type: application/json")}
	header.Del("Content-Type")
	if header.Get("Authorization") == "" {
		switch {
		case to.XAI:
			args = append(args, "-H", `"Authorization: Bearer $`+connect.XAIKeyVariable+`"`)
		case s.Connect.HasKey():
			args = append(args, "-H", `"Authorization: Bearer $`+connect.KeyVariable+`"`)
		}
	}
	for _, line := range secret.HeaderLines(header) {
		args = append(args, "-H", console.QuoteShell(line))
	}
	return args
}

func (s *session) curlNetwork(to *connect.Endpoint) (args []string, err error) {
	for _, file := range [][2]string{{"--cacert", s.Connect.CACert}, {"--cert", s.Connect.ClientCert}, {"--key", s.Connect.ClientKey}} {
		if file[1] != "" {
			args = append(args, file[0], console.QuoteShell(file[1]))
		}
	}
	through, err := s.Connect.Proxy(s.con, to.Base)
	if err != nil {
		return nil, err
	}
	if through != nil {
		args = append(args, "--proxy", console.QuoteShell(secret.RedactURL(through)))
	}
	if limit := s.Connect.ConnectTimeout; limit > 0 {
		args = append(args, "--connect-timeout", fmt.Sprint(limit.Seconds()))
	}
	if limit := s.Connect.Timeout; limit > 0 {
		args = append(args, "--max-time", fmt.Sprint(limit.Seconds()))
	}
	return args, nil
}

// delimiter returns a word that is in no line of the body.
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
