// Package connect makes a client that is ready to send: the base URL, the key and the headers, TLS and the proxy, a file of
// exchanges in place of the network, and the words for what went wrong on the way. It also guards secrets: it decides which
// key a server gets, and refuses to send one where others could read it.
package connect

import (
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/offline"
	"github.com/chatcmpl/chatcmpl/internal/secret"
)

// The environment variables that hold keys. No flag and no setting takes a key: argv is public, and files are copied.
const (
	XAIKeyVariable = "XAI_API_KEY"
	KeyVariable    = "CHATCMPL_API_KEY"
)

// XAIURL is the base URL of xAI's API, the default.
const XAIURL = "https://api.x.ai/v1"

// OfflineURL is the base URL that the embedded endpoint has inside this process.
const OfflineURL = "http://offline/v1"

// Options say where requests go and how.
type Options struct {
	// BaseURL is the API's root, or "offline:" with settings of the embedded endpoint. Offline stands for a plain "offline:".
	BaseURL string
	Offline bool
	// Replies names a file of rules that the embedded endpoint answers by; empty for none.
	Replies string
	// Record, Replay and Cache name a file of exchanges; at most one is set.
	Record, Replay, Cache string
	// Headers are lines 'Name: value', or @FILE with one a line. HeadersFor, if not empty, says that those which carry secrets
	// are for another server, and for which.
	Headers    []string
	HeadersFor string
	// Timeout bounds all attempts together, ConnectTimeout each connection, IdleTimeout the silence inside a reply; 0 is no
	// bound.
	Timeout, ConnectTimeout, IdleTimeout time.Duration
	// Retries is the number of attempts after the first.
	Retries int
	// CACert names a file of certificates to trust besides the system's; empty for none. ClientCert and ClientKey name the files
	// of a certificate to show to the server and of its private key, which may be the same.
	CACert, ClientCert, ClientKey string
	// ProxyURL is the proxy's URL; empty takes it from the environment.
	ProxyURL string
	// KeyFile names a file that holds the key, KeyCommand prints it; KeyByFlag lets them win over the environment. KeyFor, if
	// not empty, says that a key is not used because it is for another server, and for which.
	KeyFile, KeyCommand string
	KeyByFlag           bool
	KeyFor              string
	// AllowHTTPKey lets a secret go over plain http to another machine.
	AllowHTTPKey bool
	// Getenv looks up a variable that holds a key or names a proxy; Environ is the whole environment, for a key command.
	Getenv  func(string) string
	Environ func() []string
	// UserAgent is sent unless Headers name another.
	UserAgent string
}

// Endpoint is where requests go.
type Endpoint struct {
	Base *url.URL
	// Offline marks the embedded endpoint, XAI one of xAI's hosts.
	Offline, XAI bool
	// Model is the model that is asked where nobody names one; empty if there is none.
	Model string
}

// Endpoint reads the base URL. What is secret in it is redacted from then on. Errors are usage errors.
func (o *Options) Endpoint(con *console.Console) (*Endpoint, error) {
	base := o.BaseURL
	if o.Offline {
		base = "offline:"
	}
	if settings, ok := strings.CutPrefix(base, "offline:"); ok {
		return embedded(con, settings)
	}
	if o.Replies != "" {
		return nil, failure.BadOption("replies", "add --offline", " is for the embedded endpoint alone")
	}
	at, err := url.Parse(base)
	if err != nil || at.Hostname() == "" || oddity(at.Host) != "" || at.Scheme != "http" && at.Scheme != "https" {
		// It may hold a secret.
		return nil, failure.BadOption("base-url", "such as "+XAIURL, ": must be an http or https URL, or offline:%s", oddity(base))
	}
	con.Redactor.AddURL(at)
	// A proxy that can't be read is wrong although nothing may be sent.
	if _, err := o.proxyFor(con, at); err != nil {
		return nil, err
	}
	if strings.HasSuffix(strings.TrimRight(at.Path, "/"), completionsPath) {
		at = at.JoinPath("..", "..")
		con.Note("the base URL is taken without %s at its end", completionsPath)
	}
	to := &Endpoint{Base: at, XAI: secret.IsXAI(at.Hostname())}
	if to.XAI {
		to.Model = api.XAIModel
	}
	return to, nil
}

// completionsPath is what people leave at the end of a base URL that they copied from a documentation.
const completionsPath = "/chat/completions"

// oddity says what a text holds that can't be seen; empty if there is nothing.
func oddity(text string) string {
	i := strings.IndexFunc(text, func(c rune) bool { return !unicode.IsPrint(c) })
	if i < 0 {
		return ""
	}
	_, size := utf8.DecodeRuneInString(text[i:])
	return fmt.Sprintf(" (it holds %+q)", text[i:i+size])
}

// embedded returns the endpoint in this process, with what follows "offline:".
func embedded(con *console.Console, settings string) (*Endpoint, error) {
	query, ok := strings.CutPrefix(settings, "?")
	if !ok && settings != "" {
		return nil, failure.BadOption("base-url", "such as offline:?latency=50ms", ": settings follow offline: after a question mark")
	}
	at, err := url.Parse(OfflineURL)
	if err != nil {
		return nil, err
	}
	at.RawQuery = query
	set, err := url.ParseQuery(query)
	if err == nil {
		err = offline.Check(set)
	}
	if err != nil {
		return nil, failure.BadOption("base-url", "see chatcmpl help offline", ": %w", err)
	}
	con.Redactor.AddURL(at)
	return &Endpoint{Base: at, Offline: true, Model: offline.Echo}, nil
}

// ReadReplies reads the rules of the file Replies; nil if there is none.
func (o *Options) ReadReplies() (*offline.Replies, error) {
	if o.Replies == "" {
		return nil, nil //nolint:nilnil // an endpoint without rules is what most want
	}
	file, err := os.Open(o.Replies)
	if err != nil {
		return nil, failure.BadOption("replies", "", ": %w", err)
	}
	defer func() { _ = file.Close() }()
	replies, err := offline.ReadReplies(file)
	if err != nil {
		return nil, failure.BadOption("replies", "", " %s:%w", o.Replies, err)
	}
	return replies, nil
}

// SameFile refuses a file of exchanges that another option names too, by this or another name. info describes that other file;
// nil if it does not exist.
func (o *Options) SameFile(other string, info fs.FileInfo) error {
	name, file := o.tape()
	if name == "" || info == nil {
		return nil
	}
	kept, err := os.Stat(file)
	if err == nil && kept.Mode().IsRegular() && os.SameFile(kept, info) {
		return failure.BadOption(name, "", " and --%s are the same file: %s", other, file)
	}
	// Whoever opens the file reports that it can't be used.
	return nil
}
