package cli

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/cassette"
	"github.com/chatcmpl/chatcmpl/internal/inproc"
	"github.com/chatcmpl/chatcmpl/internal/offline"
	"github.com/chatcmpl/chatcmpl/internal/render"
	"github.com/chatcmpl/chatcmpl/internal/retry"
)

// link is a client with what belongs to its use: retries, the deadline and the words for
// what happens.
type link struct {
	client   *api.Client
	env      *env
	policy   retry.Policy
	timeout  time.Duration
	keyHint  func() string
	cassette *cassette.Cassette // nil where there is none
}

// link makes the client for an endpoint, for so many requests at the same time. Nothing is
// sent yet.
func (f *connectFlags) link(ctx context.Context, e *env, cmd *cobra.Command, to *endpoint, jobs int) (*link, error) {
	l := &link{env: e, timeout: f.timeout}
	l.client = &api.Client{Base: to.base, Idle: f.idleLimit}
	var err error
	if l.cassette, err = f.cassette.load(e, to); err != nil {
		return nil, err
	}
	if l.cassette != nil {
		// It must be known as a secret before anything is looked up.
		f.hideKeyFile(e)
	}
	l.policy = retry.Policy{Retries: f.retries, MaxAfter: time.Minute, NoWait: l.replayed(), Judge: judge, Waiting: l.waiting}
	header, err := f.header(e)
	switch {
	case l.replayed() && (err == nil || errors.Is(err, fs.ErrNotExist)):
		// Nothing is sent: a file of headers may be missing, as a rule it holds a key.
		l.keyHint = func() string { return keyHint(e, to, credential{}) }
		l.client.Transport = local{l.cassette}
	case err != nil:
		return nil, err
	default:
		if err := f.connect(ctx, l, cmd, to, header, jobs); err != nil {
			return nil, err
		}
	}
	return l, f.cassette.check(e, l.cassette)
}

// connect gives the link its way to the server. The key is found at once, but where a cache
// may do without it.
func (f *connectFlags) connect(ctx context.Context, l *link, cmd *cobra.Command, to *endpoint, header http.Header, jobs int) error {
	late := l.cassette != nil && l.cassette.Mode == cassette.Cache
	l.client.Header = header.Clone()
	key := sync.OnceValues(func() (credential, error) {
		key, err := f.key(ctx, l.env, cmd, to, header)
		if err == nil {
			err = authorize(header, key, to)
		}
		if err == nil {
			err = f.guard(to, header)
		}
		return key, err
	})
	l.keyHint = func() string {
		known, _ := key()
		return keyHint(l.env, to, known)
	}
	if !late {
		if _, err := key(); err != nil {
			return err
		}
		l.client.Header = header
	}
	transport, err := f.transport(l.env, to, jobs)
	if err != nil {
		return err
	}
	if l.env.verbose {
		transport = &verbose{transport, l.env}
	}
	if late {
		transport = &keyed{transport, header, func() error { _, err := key(); return err }}
	}
	if l.cassette != nil {
		l.cassette.Next, transport = transport, local{l.cassette}
	}
	l.client.Transport = transport
	return nil
}

// keyed sends requests with a key that is found when the first is sent.
type keyed struct {
	next   http.RoundTripper
	header http.Header // has the key when find has returned
	find   func() error
}

// RoundTrip implements http.RoundTripper.
func (k *keyed) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := k.find(); err != nil {
		_ = req.Body.Close()
		return nil, &api.LocalError{Err: err}
	}
	req = req.WithContext(req.Context())
	req.Header = req.Header.Clone()
	if authorization := k.header.Get("Authorization"); authorization != "" {
		req.Header.Set("Authorization", authorization)
	}
	return k.next.RoundTrip(req)
}

func (f *connectFlags) transport(e *env, to *endpoint, jobs int) (http.RoundTripper, error) {
	if to.offline {
		replies, err := f.scripted(e)
		return &inproc.Transport{Handler: offline.New(offline.Options{Replies: replies})}, err
	}
	proxy, err := f.proxied(e)
	if err != nil {
		return nil, err
	}
	t := &http.Transport{
		Proxy:               proxy,
		DialContext:         (&net.Dialer{Timeout: f.connectTimeout}).DialContext,
		TLSHandshakeTimeout: f.connectTimeout,
		ForceAttemptHTTP2:   true,
		// What is printed is what the server sent.
		DisableCompression:  true,
		MaxIdleConns:        jobs,
		MaxIdleConnsPerHost: jobs,
		MaxConnsPerHost:     jobs,
	}
	if f.cacert == "" {
		return t, nil
	}
	pem, err := os.ReadFile(f.cacert)
	if err != nil {
		return nil, usage("", "%s: %w", e.called("cacert"), err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, usage("", "%s %s: there is no certificate in it", e.called("cacert"), f.cacert)
	}
	t.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	return t, nil
}

// judge tells the retry policy what an exchange's error means.
func judge(err error) retry.Verdict {
	e, ok := errors.AsType[*api.Error](err)
	if _, spent := errors.AsType[*final](err); spent || !ok {
		return retry.Verdict{}
	}
	// A timeout is the end of the time for all attempts.
	return retry.Verdict{Again: e.Retryable && !errors.Is(err, api.ErrTimeout), RateLimited: e.Kind == api.KindRateLimit, After: e.After}
}

// final marks an error after which nothing may be sent again: part of the reply is out.
type final struct{ error }

func (f *final) Unwrap() error { return f.error }

// do makes attempts until one succeeds, under one deadline, and words what went wrong.
func (l *link) do(ctx context.Context, try func(context.Context) error) error {
	ctx, cancel := l.limited(ctx)
	defer cancel()
	attempts, err := l.policy.Do(ctx, try)
	if err == nil {
		return nil
	}
	if lost := l.unrecorded(); lost != nil {
		l.env.note("%v", lost)
	}
	return l.tell(err, attempts)
}

// limited is a context that ends when the time for everything is over.
func (l *link) limited(ctx context.Context) (context.Context, context.CancelFunc) {
	if l.timeout == 0 {
		return ctx, func() {}
	}
	return context.WithTimeoutCause(ctx, l.timeout, api.ErrTimeout)
}

// tell words the error that so many attempts ended with.
func (l *link) tell(err error, attempts int) error {
	var e *api.Error
	if !errors.As(err, &e) {
		if errors.Is(err, api.ErrTimeout) {
			return &api.Error{Kind: api.KindTimeout, Message: l.late(), After: -1, Retryable: true, Err: err}
		}
		return err
	}
	told := &worded{l.words(err, e, attempts), err}
	if _, known := errors.AsType[*hintedError](err); e.Kind == api.KindAuth && !known {
		return hinted(told, l.keyHint())
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return hinted(told, "if the server's certificate is your own, name its authority by --cacert")
	}
	return told
}

// worded is an error in other words.
type worded struct {
	words string
	err   error
}

func (w *worded) Error() string { return w.words }
func (w *worded) Unwrap() error { return w.err }

func (l *link) late() string { return "no complete reply within " + short(l.timeout) }

// words is what an exchange's error says, and why it is not tried again. The server's words
// may be long; what is added to them must not be cut off.
func (l *link) words(err error, e *api.Error, attempts int) string {
	bounded := *e
	bounded.Message = render.OneLine(l.env.redact.String(e.Message), maxLine)
	said := bounded.Error()
	late := errors.Is(err, api.ErrTimeout) && l.timeout > 0
	if late {
		said = l.late()
	}
	if attempts > 1 {
		said += fmt.Sprintf(", after %d attempts", attempts)
	}
	v := judge(err)
	switch {
	case !v.Again || late:
	case l.policy.MaxAfter > 0 && v.After > l.policy.MaxAfter:
		said += fmt.Sprintf("; the server asks to wait %s, longer than is waited here", short(v.After.Round(time.Second)))
	case attempts <= l.policy.Retries:
		said += "; --timeout " + short(l.timeout) + " leaves no time to try again"
	}
	return said
}

// waiting tells of the waits between attempts: those over a second, with --verbose all.
func (l *link) waiting(err error, wait time.Duration, attempt int) {
	text := fmt.Sprintf("%s; trying again in %.1f s (retry %d of %d)", render.OneLine(l.env.redact.String(err.Error()), 200), wait.Seconds(), attempt, l.policy.Retries)
	if wait > time.Second {
		l.env.note("%s", text)
	} else {
		l.env.detail("* " + text)
	}
}
