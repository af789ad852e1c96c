package cli

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"time"

	"github.com/spf13/cobra"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/offline"
	"github.com/chatcmpl/chatcmpl/internal/render"
	"github.com/chatcmpl/chatcmpl/internal/retry"
)

// link is a client with what belongs to its use: retries, the deadline and the words for
// what happens.
type link struct {
	client  *api.Client
	env     *env
	policy  retry.Policy
	timeout time.Duration
	keyHint string
}

// link makes the client for an endpoint. Nothing is sent yet.
func (f *connectFlags) link(ctx context.Context, e *env, cmd *cobra.Command, to *endpoint) (*link, error) {
	header, err := f.header(e)
	if err != nil {
		return nil, err
	}
	key, err := f.key(ctx, e, cmd, to)
	if err != nil {
		return nil, err
	}
	if err := authorize(header, key, to); err != nil {
		return nil, err
	}
	if err := f.guard(to, header); err != nil {
		return nil, err
	}
	transport, err := f.transport(to)
	if err != nil {
		return nil, err
	}
	if e.verbose {
		transport = &verbose{transport, e}
	}
	l := &link{env: e, timeout: f.timeout, keyHint: keyHint(e, to, key)}
	l.client = &api.Client{
		HTTP: &http.Client{
			Transport: transport,
			// A key must not follow a redirect, and a POST can't.
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		Base: to.base, Header: header, Idle: f.idleLimit,
	}
	l.policy = retry.Policy{Retries: f.retries, MaxAfter: time.Minute, Judge: judge, Waiting: l.waiting}
	return l, nil
}

func (f *connectFlags) transport(to *endpoint) (http.RoundTripper, error) {
	if to.offline {
		return &offline.Transport{Handler: offline.Handler()}, nil
	}
	t := &http.Transport{
		Proxy:               http.ProxyFromEnvironment,
		DialContext:         (&net.Dialer{Timeout: f.connectTimeout}).DialContext,
		TLSHandshakeTimeout: f.connectTimeout,
		ForceAttemptHTTP2:   true,
		// What is printed is what the server sent.
		DisableCompression: true,
	}
	if f.cacert == "" {
		return t, nil
	}
	pem, err := os.ReadFile(f.cacert)
	if err != nil {
		return nil, usage("", "--cacert: %w", err)
	}
	pool, err := x509.SystemCertPool()
	if err != nil {
		pool = x509.NewCertPool()
	}
	if !pool.AppendCertsFromPEM(pem) {
		return nil, usage("", "--cacert %s: there is no certificate in it", f.cacert)
	}
	t.TLSClientConfig = &tls.Config{RootCAs: pool, MinVersion: tls.VersionTLS12}
	return t, nil
}

// judge tells the retry policy what an exchange's error means.
func judge(err error) retry.Verdict {
	var spent *final
	var e *api.Error
	if errors.As(err, &spent) || !errors.As(err, &e) {
		return retry.Verdict{}
	}
	return retry.Verdict{Again: e.Retryable, RateLimited: e.Kind == api.KindRateLimit, After: e.After}
}

// final marks an error after which nothing may be sent again: part of the reply is out.
type final struct{ error }

func (f *final) Unwrap() error { return f.error }

// do makes attempts until one succeeds, under one deadline, and words what went wrong.
func (l *link) do(ctx context.Context, try func(context.Context) error) error {
	if l.timeout > 0 {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeoutCause(ctx, l.timeout, api.ErrTimeout)
		defer cancel()
	}
	attempts, err := l.policy.Do(ctx, try)
	if err == nil {
		return nil
	}
	var e *api.Error
	if !errors.As(err, &e) {
		if errors.Is(err, api.ErrTimeout) {
			return &api.Error{Kind: api.KindTimeout, Message: fmt.Sprintf("no complete reply within %s", short(l.timeout)), After: -1, Retryable: true, Err: err}
		}
		return err
	}
	told := *e
	if errors.Is(err, api.ErrTimeout) {
		told.Message = "no complete reply within " + short(l.timeout)
	}
	if told.After > l.policy.MaxAfter {
		told.Message += fmt.Sprintf("; the server asks to wait %s, longer than is waited here", short(told.After.Round(time.Second)))
	}
	if attempts > 1 {
		told.Message += fmt.Sprintf(", after %d attempts", attempts)
	}
	if told.Kind == api.KindAuth {
		return hinted(&told, l.keyHint)
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return hinted(&told, "if the server's certificate is your own, name its authority by --cacert")
	}
	return &told
}

// waiting tells of the waits between attempts: those over a second, with --verbose all.
func (l *link) waiting(err error, wait time.Duration, attempt int) {
	text := fmt.Sprintf("%s; trying again in %.1f s (retry %d of %d)", render.OneLine(err.Error(), 200), wait.Seconds(), attempt, l.policy.Retries)
	if wait > time.Second {
		l.env.note("%s", text)
	} else {
		l.env.detail("* " + text)
	}
}
