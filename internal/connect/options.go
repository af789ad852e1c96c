// Package connect sets up a client: the base URL, the key and the headers, TLS and the proxy, a cassette in place of
// the network, and messages for errors. It also guards secrets: it decides which key is sent to which server, and
// refuses to send one over plain http.
package connect

import (
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/faults"
	"github.com/chatcmpl/chatcmpl/internal/models"
	"github.com/chatcmpl/chatcmpl/internal/offline"
	"github.com/chatcmpl/chatcmpl/internal/secret"
)

// The environment variables for keys. No flag and no setting takes a key, because command lines are public and config
// files are copied.
const (
	XAIKeyVariable = "XAI_API_KEY"
	KeyVariable    = "CHATCMPL_API_KEY"
)

// xaiURL is the base URL of xAI's API, the default.
const xaiURL = "https://api.x.ai/v1"

// OfflineURL is the base URL of the embedded endpoint inside this process.
const OfflineURL = "http://offline/v1"

// Options describe the endpoint and the connection.
type Options struct {
	// BaseURL is the API's root, or "offline:" with settings of the embedded endpoint. Offline is equivalent to
	// "offline:".
	BaseURL string
	Offline bool
	// ModelsCommand is the command that lists the server's models, for hints.
	ModelsCommand string
	// Replies names a file of rules for the embedded endpoint's replies; empty for none.
	Replies string
	// Record, Replay and Cache name a cassette; at most one is set.
	Record, Replay, Cache string
	// Session is the address of the session of chatcmpl record or replay that this process belongs to; empty for none.
	Session string
	// Headers are lines 'Name: value', or @FILE with one per line. HeadersFor, if not empty, is the reason why secret
	// headers are not sent: they are for another server.
	Headers    []string
	HeadersFor string
	// Timeout limits the time of all attempts, ConnectTimeout of each connection, IdleTimeout between two reads of a
	// reply; 0 means no limit.
	Timeout, ConnectTimeout, IdleTimeout time.Duration
	// Retries is the number of attempts after the first.
	Retries int
	// CACert names a file of certificates to trust besides the system's; empty for none. ClientCert and ClientKey name
	// the files of the client certificate and of its private key, which may be the same file.
	CACert, ClientCert, ClientKey string
	// ProxyURL is the proxy's URL, and ProxyFrom what the user calls its source; empty takes it from the environment.
	ProxyURL, ProxyFrom string
	// KeyFile names a file with the key; KeyCommand is a command that prints it. KeyByFlag gives them precedence over
	// the environment. KeyFor, if not empty, is the reason why a key is not used: it is for another server.
	KeyFile, KeyCommand string
	KeyByFlag           bool
	KeyFor              string
	// AllowHTTPKey allows sending a secret over plain http to another machine.
	AllowHTTPKey bool
	// Getenv looks up the variables of keys and proxies; Environ returns the whole environment for a key command.
	Getenv  func(string) string
	Environ func() []string
	// UserAgent is sent unless Headers name another.
	UserAgent string
}

// Endpoint describes the server that receives requests.
type Endpoint struct {
	Base *url.URL
	// Offline reports whether it is the embedded endpoint, XAI whether it is one of xAI's hosts.
	Offline, XAI bool
	// AnyEffort reports whether it accepts reasoning_effort for every model.
	AnyEffort bool
	// Model is the default model; empty if there is none.
	Model string
	// ModelsCommand is the command that lists its models.
	ModelsCommand string
}

// Endpoint parses the base URL. Secrets in it are redacted from then on. Errors are usage errors.
func (o *Options) Endpoint(con *console.Console) (*Endpoint, error) {
	base := o.BaseURL
	if o.Offline {
		base = "offline:"
	}
	if settings, ok := strings.CutPrefix(base, "offline:"); ok {
		return embedded(con, settings)
	}
	if o.Replies != "" {
		return nil, failure.BadOption("replies", "add --offline", " applies only to the embedded endpoint")
	}
	at, ok := parseBase(base)
	if !ok {
		return nil, badBase("base-url", ", or offline:", base)
	}
	return o.remote(con, at)
}

// Upstream reads the base URL of the API to which the requests of other programs are forwarded. Errors are usage errors.
func (o *Options) Upstream(con *console.Console, base string) (*Endpoint, error) {
	at, ok := parseBase(base)
	if !ok {
		return nil, badBase("upstream", "", base)
	}
	return o.remote(con, at)
}

// parseBase returns the base URL of a server on the network.
func parseBase(text string) (at *url.URL, ok bool) {
	at, err := url.Parse(text)
	return at, err == nil && at.Hostname() != "" && hasValidPort(at) && oddity(at.Host) == "" && (at.Scheme == "http" || at.Scheme == "https")
}

// hasValidPort reports whether the port of a URL is a number that ports have; it may have none.
func hasValidPort(at *url.URL) bool {
	_, err := strconv.ParseUint(at.Port(), 10, 16)
	return at.Port() == "" || err == nil
}

// badBase returns an error for a text that is no base URL. It quotes one that lacks only its scheme; any other may contain
// a secret where it can't be recognized.
func badBase(name, alternative, text string) error {
	scheme, _, _ := strings.Cut(strings.ToLower(text), ":")
	at, ok := parseBase("https://" + text)
	isHost := ok && (strings.ContainsAny(at.Host, ".:") || secret.IsLoopback(at.Host))
	if !isHost || strings.Contains(text, "://") || scheme == "http" || scheme == "https" {
		return failure.BadOption(name, "such as "+xaiURL, ": must be an http or https URL%s%s", alternative, oddity(text))
	}
	if at.Port() != "" || secret.IsLoopback(at.Hostname()) {
		at.Scheme = "http"
	}
	shown := secret.RedactURL(at)
	return failure.BadOption(name, "did you mean "+shown+"?", " %q: must be an http or https URL%s", strings.TrimPrefix(shown, at.Scheme+"://"), alternative)
}

// remote returns the endpoint at a base URL.
func (o *Options) remote(con *console.Console, at *url.URL) (*Endpoint, error) {
	normalize(at)
	con.Redactor.AddURL(at)
	// Report an invalid proxy even if nothing will be sent.
	if _, err := o.proxyFor(con, at); err != nil {
		return nil, err
	}
	if strings.HasSuffix(strings.TrimRight(at.Path, "/"), completionsPath) {
		at = at.JoinPath("..", "..")
		con.Note("%s at the end of the base URL is ignored", completionsPath)
	}
	to := &Endpoint{Base: at, XAI: secret.IsXAI(at.Hostname()), ModelsCommand: o.ModelsCommand}
	if to.XAI {
		to.Model = models.XAI
	}
	return to, nil
}

// normalize makes a URL one that can be sent: its query without characters that URLs can't contain, and no empty port.
func normalize(at *url.URL) {
	at.Host = strings.TrimSuffix(at.Host, ":")
	var query strings.Builder
	for _, c := range []byte(at.RawQuery) {
		if c <= ' ' || c > '~' || strings.IndexByte("\"<>", c) >= 0 {
			fmt.Fprintf(&query, "%%%02X", c)
		} else {
			query.WriteByte(c)
		}
	}
	at.RawQuery = query.String()
}

// completionsPath is a path that users often copy from documentation together with the base URL.
const completionsPath = "/chat/completions"

// oddity describes an invisible character in a text; empty if there is none.
func oddity(text string) string {
	i := strings.IndexFunc(text, func(c rune) bool { return !unicode.IsPrint(c) })
	if i < 0 {
		return ""
	}
	_, size := utf8.DecodeRuneInString(text[i:])
	return fmt.Sprintf(" (it holds %+q)", text[i:i+size])
}

// embedded returns the embedded endpoint with the settings that follow "offline:".
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
	var set *faults.Settings
	given, err := url.ParseQuery(query)
	if err == nil {
		set, err = faults.Read(given)
	}
	if err != nil {
		return nil, failure.BadOption("base-url", "see chatcmpl help offline", ": %w", err)
	}
	con.Redactor.AddURL(at)
	return &Endpoint{Base: at, Offline: true, AnyEffort: set.AnyEffort, Model: offline.Echo, ModelsCommand: "chatcmpl models --offline"}, nil
}

// ReadReplies reads the rules in the file Replies; nil if no file is set.
func (o *Options) ReadReplies() (*offline.Replies, error) {
	if o.Replies == "" {
		return nil, nil //nolint:nilnil // most endpoints have no rules
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

// SameFile returns an error if the cassette is the same file as info, which another option names as other. info is nil
// if that file does not exist.
func (o *Options) SameFile(other string, info fs.FileInfo) error {
	name, file := o.tape()
	if name == "" || info == nil {
		return nil
	}
	cassetteInfo, err := os.Stat(file)
	if err == nil && cassetteInfo.Mode().IsRegular() && os.SameFile(cassetteInfo, info) {
		return failure.BadOption(name, "", " and --%s are the same file: %s", other, file)
	}
	// The error is reported when the file is opened.
	return nil
}
