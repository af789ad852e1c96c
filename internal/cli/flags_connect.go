package cli

import (
	"cmp"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/offline"
	"github.com/chatcmpl/chatcmpl/internal/secret"
)

const (
	xaiBase = "https://api.x.ai/v1"
	// offlineBase is what the embedded endpoint is called in this process.
	offlineBase = "http://offline/v1"
)

// connectFlags are the flags that say where requests go and how.
type connectFlags struct {
	baseURL, replies                   string
	offline                            bool
	headers                            []string
	timeout, connectTimeout, idleLimit time.Duration
	retries                            int
	cacert, proxy                      string
	keyFile, keyCommand                string
	allowHTTPKey                       bool
	cassette                           cassetteFlags

	// What the config file has for another server, and who that is: the headers, of which
	// those that carry secrets are not sent, and a key that is not used.
	headersAreFor, leftOut string
}

func (f *connectFlags) bind(cmd *cobra.Command) {
	fs := cmd.PersistentFlags()
	fs.StringVar(&f.baseURL, "base-url", xaiBase, "the API's `URL`, or offline: for the embedded endpoint")
	fs.BoolVar(&f.offline, "offline", false, "answer from the embedded endpoint: no key, no network")
	fs.StringVar(&f.replies, "replies", "", "a JSONL `file` of rules that script what the embedded endpoint answers")
	f.cassette.bind(cmd)
	fs.StringArrayVarP(&f.headers, "header", "H", nil, "a `header` 'K: v' to send, or @FILE with one a line; may repeat")
	fs.Var(seconds(&f.timeout, time.Hour), "timeout", "for everything, all attempts together; 0 is none")
	fs.Var(seconds(&f.connectTimeout, 10*time.Second), "connect-timeout", "for the connection; 0 is none")
	fs.Var(seconds(&f.idleLimit, 10*time.Minute), "idle-timeout", "for silence inside a reply; 0 is none")
	fs.Var(count(&f.retries, 4), "retries", "attempts after the first one failed in a way that may pass; 8 with batch -i")
	fs.StringVar(&f.cacert, "cacert", "", "a `file` of certificates to trust besides the system's")
	fs.StringVar(&f.proxy, "proxy", "", "the proxy's `URL`, in place of the environment's")
	fs.StringVar(&f.keyFile, "api-key-file", "", "a `file` that holds the key")
	fs.StringVar(&f.keyCommand, "api-key-command", "", "a shell `command` that prints the key")
	fs.BoolVar(&f.allowHTTPKey, "allow-http-key", false, "send the key over plain http to another machine")
}

// endpoint is where requests go.
type endpoint struct {
	base    *url.URL
	offline bool
	xai     bool
	model   string // the default; empty where there is none
}

// endpoint reads the base URL, and makes what is secret in it known as such.
func (f *connectFlags) endpoint(e *env) (*endpoint, error) {
	base := f.baseURL
	if f.offline {
		base = "offline:"
	}
	if settings, ok := strings.CutPrefix(base, "offline:"); ok {
		return f.embedded(e, settings)
	}
	if f.replies != "" {
		return nil, usage("add --offline", "%s is for the embedded endpoint alone", e.called("replies"))
	}
	at, err := url.Parse(base)
	if err != nil || at.Hostname() == "" || at.Scheme != "http" && at.Scheme != "https" {
		// It may hold a secret.
		return nil, usage("such as "+xaiBase, "%s: must be an http or https URL, or offline:", e.called("base-url"))
	}
	for _, s := range urlSecrets(at) {
		e.redact.Add(s)
	}
	to := &endpoint{base: at, xai: isXAI(at.Hostname())}
	if to.xai {
		to.model = api.XAIModel
	}
	return to, nil
}

// embedded is the endpoint in this process, with what "offline:" is followed by.
func (f *connectFlags) embedded(e *env, settings string) (*endpoint, error) {
	query, ok := strings.CutPrefix(settings, "?")
	if !ok && settings != "" {
		return nil, usage("such as offline:?latency=50ms", "%s: settings follow offline: after a question mark", e.called("base-url"))
	}
	at, err := url.Parse(offlineBase)
	if err != nil {
		return nil, err
	}
	at.RawQuery = query
	set, err := url.ParseQuery(query)
	if err == nil {
		err = offline.Check(set)
	}
	if err != nil {
		return nil, usage("see chatcmpl help offline", "%s: %w", e.called("base-url"), err)
	}
	for _, s := range urlSecrets(at) {
		e.redact.Add(s)
	}
	return &endpoint{base: at, offline: true, model: offline.Echo}, nil
}

// scripted are the answers of --replies; nil for none.
func (f *connectFlags) scripted(e *env) (*offline.Replies, error) {
	if f.replies == "" {
		return nil, nil //nolint:nilnil // an endpoint without rules is what most want
	}
	file, err := os.Open(f.replies)
	if err != nil {
		return nil, usage("", "%s: %w", e.called("replies"), err)
	}
	defer func() { _ = file.Close() }()
	replies, err := offline.ReadReplies(file)
	if err != nil {
		return nil, usage("", "%s %s:%w", e.called("replies"), f.replies, err)
	}
	return replies, nil
}

// urlSecrets are the values in a URL that are secret: the password, or a name without one,
// and what a query parameter of a telling name holds; each as it is and as it is written.
func urlSecrets(u *url.URL) []string {
	var found []string
	if password, ok := u.User.Password(); ok {
		found = append(found, password, url.User(password).String())
	} else if token := u.User.Username(); token != "" {
		found = append(found, token, url.User(token).String())
	}
	for pair := range strings.SplitSeq(u.RawQuery, "&") {
		name, written, _ := strings.Cut(pair, "=")
		if plain, err := url.QueryUnescape(written); err == nil && plain != "" && secretParameter(name) {
			found = append(found, plain, written)
		}
	}
	return found
}

func isXAI(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return host == "x.ai" || strings.HasSuffix(host, ".x.ai")
}

func isLoopback(host string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// header is what is sent with each request, but for the key, and what of it is secret.
func (f *connectFlags) header(e *env) (http.Header, error) {
	h := http.Header{}
	h.Set("User-Agent", "chatcmpl/"+version())
	for _, given := range f.headers {
		lines := []string{given}
		if name, isFile := strings.CutPrefix(given, "@"); isFile {
			text, err := os.ReadFile(name)
			if err != nil {
				return nil, usage("", "%s: %w", e.called("header"), err)
			}
			lines = strings.Split(string(text), "\n")
		}
		for _, line := range lines {
			if strings.TrimSpace(line) == "" {
				continue
			}
			if err := addHeader(h, e.called("header"), line); err != nil {
				return nil, err
			}
		}
	}
	f.keepSecrets(e, h)
	return h, nil
}

// keepSecrets makes known what is secret in a header, and leaves out what is another
// server's.
func (f *connectFlags) keepSecrets(e *env, h http.Header) {
	for name, values := range h {
		if !secret.Named(name) {
			continue
		}
		for _, v := range values {
			e.redact.Add(v)
			// The scheme before a token is no part of the secret.
			e.redact.Add(v[strings.LastIndexByte(v, ' ')+1:])
		}
		if f.headersAreFor != "" {
			delete(h, name)
			f.leftOut = cmp.Or(f.leftOut, f.headersAreFor)
		}
	}
}

func addHeader(h http.Header, flag, line string) error {
	name, text, ok := strings.Cut(line, ":")
	name, text = strings.TrimSpace(name), strings.TrimSpace(text)
	if !ok || name == "" || strings.ContainsFunc(name, func(c rune) bool { return c <= ' ' || c > '~' || strings.ContainsRune(`"(),/:;<=>?@[\]{}`, c) }) {
		// What follows may be a secret.
		return usage("such as -H 'X-Team: tools'", "%s: must be 'Name: value' or @FILE", flag)
	}
	if strings.ContainsFunc(text, func(c rune) bool { return c < ' ' && c != '\t' || c == 0x7f }) {
		return usage("", "%s %s: the value holds a control character", flag, name)
	}
	if strings.EqualFold(name, "User-Agent") {
		h.Del(name)
	}
	h.Add(name, text)
	return nil
}

// guard refuses to send a secret where others could read it.
func (f *connectFlags) guard(to *endpoint, h http.Header) error {
	if to.offline || to.base.Scheme == "https" || isLoopback(to.base.Hostname()) || f.allowHTTPKey {
		return nil
	}
	secrets := len(urlSecrets(to.base)) > 0
	for name := range h {
		secrets = secrets || secret.Named(name)
	}
	if !secrets {
		return nil
	}
	return usage("use https, or send it anyway with --allow-http-key",
		"the key would go over plain http to %s, where others can read it", to.base.Host)
}
