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
)

// slow answers after a while, and again after a while sends the reply.
type slow struct{ head, body time.Duration }

func (s *slow) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := doze(req.Context(), s.head); err != nil {
		return nil, err
	}
	return &http.Response{StatusCode: http.StatusOK, Header: http.Header{}, Body: &late{s.body, req.Context(), strings.NewReader(`{"choices":[]}`)}}, nil
}

type late struct {
	after time.Duration
	ctx   context.Context
	io.Reader
}

func (l *late) Close() error { return nil }
func (l *late) Read(p []byte) (int, error) {
	if err := doze(l.ctx, l.after); err != nil {
		return 0, err
	}
	l.after = 0
	return l.Reader.Read(p)
}

func doze(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-time.After(d):
		return nil
	}
}

// TestBoundsOfManyExchanges holds each of many exchanges to its own bounds, whatever was left
// of those before it.
func TestBoundsOfManyExchanges(t *testing.T) {
	t.Parallel()
	steps := []struct {
		head, body, limit time.Duration
		took              time.Duration
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
	// A context that can't end lets the client use a watch again; one that can must be followed.
	for _, ends := range []bool{false, true} {
		synctest.Test(t, func(t *testing.T) {
			ctx := t.Context()
			if !ends {
				ctx = context.WithoutCancel(ctx)
			}
			transport := &slow{}
			client := &api.Client{Transport: transport, Base: &url.URL{Scheme: "http", Host: "fake"}, Idle: time.Minute}
			for i, step := range steps {
				transport.head, transport.body = step.head, step.body
				begin := time.Now()
				_, err := client.Complete(ctx, &api.Request{}, step.limit)
				e, failed := errors.AsType[*api.Error](err)
				if took := time.Since(begin); took != step.took || failed != step.timeout || failed && e.Kind != failure.Timeout {
					t.Errorf("exchange %d: %v after %v, want a timeout: %v, after %v", i, err, took, step.timeout, step.took)
				}
				time.Sleep(7 * time.Second)
			}
		})
	}
}

// TestBoundOfAnotherExchange takes the cause with which net/http ends a connection for an
// exchange that is over for no bound of the one that has the connection now.
func TestBoundOfAnotherExchange(t *testing.T) {
	t.Parallel()
	for _, bound := range api.Bounds() {
		for name, transport := range map[string]http.RoundTripper{"head": broken{bound}, "body": canned{iotest.ErrReader(bound)}} {
			client := &api.Client{Transport: transport, Base: &url.URL{Scheme: "http", Host: "fake"}}
			_, err := client.Complete(t.Context(), &api.Request{}, time.Hour)
			if e, ok := errors.AsType[*api.Error](err); !ok || e.Kind == failure.Timeout || !e.Retryable || errors.Is(err, bound) {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
}

type broken struct{ err error }

func (b broken) RoundTrip(*http.Request) (*http.Response, error) { return nil, b.err }
