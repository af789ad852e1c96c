package api_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/reply"
)

// slow delays the headers of a response and then its body.
type slow struct{ head, body time.Duration }

func (s *slow) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := sleep(req.Context(), s.head); err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: &slowBody{s.body, req.Context(), strings.NewReader(`{"choices":[]}`)}}, nil
}

type slowBody struct {
	delay time.Duration
	ctx   context.Context
	io.Reader
}

func (l *slowBody) Close() error { return nil }
func (l *slowBody) Read(p []byte) (int, error) {
	if err := sleep(l.ctx, l.delay); err != nil {
		return 0, err
	}
	l.delay = 0
	return l.Reader.Read(p)
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}

// TestTimeoutsOfManyExchanges checks that earlier exchanges of a client have no influence on the timeouts of a later
// one.
func TestTimeoutsOfManyExchanges(t *testing.T) {
	t.Parallel()
	steps := []struct {
		head, body, limit time.Duration
		want              time.Duration
		timeout           bool
	}{
		{0, 0, time.Hour, 0, false},
		{50 * time.Second, 0, time.Hour, 50 * time.Second, false},
		{50 * time.Second, 50 * time.Second, time.Hour, 100 * time.Second, false},
		{0, time.Hour, time.Hour, time.Minute, true},
		{0, 59 * time.Second, time.Hour, 59 * time.Second, false},
		{0, 0, time.Hour, 0, false},
		{time.Hour, 0, 10 * time.Second, 10 * time.Second, true},
		{20 * time.Minute, 0, 30 * time.Minute, 20 * time.Minute, false},
		{20 * time.Minute, 0, 10 * time.Minute, 10 * time.Minute, true},
		{10 * time.Hour, 0, 0, 10 * time.Hour, false},
		{0, 0, time.Second, 0, false},
	}
	// The client reuses a watch only under a context that can never end.
	for _, cancelable := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			ctx := t.Context()
			if !cancelable {
				ctx = context.WithoutCancel(ctx)
			}
			transport := &slow{}
			client := &api.Client{Transport: transport, Base: &url.URL{Scheme: "http", Host: "fake"}, Idle: time.Minute}
			for i, step := range steps {
				transport.head, transport.body = step.head, step.body
				begin := time.Now()
				_, err := client.Complete(ctx, &api.Request{}, step.limit)
				e, failed := errors.AsType[*reply.Error](err)
				if elapsed := time.Since(begin); elapsed != step.want || failed != step.timeout || failed && e.Kind != failure.Timeout {
					t.Errorf("exchange %d: %v after %v, want a timeout: %v, after %v", i, err, elapsed, step.timeout, step.want)
				}
				time.Sleep(7 * time.Second)
			}
		})
	}
}

// TestStaleTimeout checks that a timeout of an earlier exchange, with which net/http closes a reused connection, is not
// reported as a timeout of the current exchange.
func TestStaleTimeout(t *testing.T) {
	t.Parallel()
	for _, bound := range api.Timeouts() {
		for name, transport := range map[string]http.RoundTripper{"head": failingTransport{bound}, "body": answered{iotest.ErrReader(bound), -1}} {
			client := &api.Client{Transport: transport, Base: &url.URL{Scheme: "http", Host: "fake"}}
			_, err := client.Complete(t.Context(), &api.Request{}, time.Hour)
			if e, ok := errors.AsType[*reply.Error](err); !ok || e.Kind == failure.Timeout || !e.Retryable || errors.Is(err, bound) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

type failingTransport struct{ err error }

func (b failingTransport) RoundTrip(*http.Request) (*http.Response, error) { return nil, b.err }
