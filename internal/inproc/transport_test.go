package inproc

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"
)

// closer counts how often a request's body is closed.
type closer struct {
	io.Reader
	closed int
}

func (c *closer) Close() error {
	c.closed++
	return nil
}

func newRequest(ctx context.Context, t *testing.T, body io.Reader) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://inproc/v1/chat/completions", body)
	if err != nil {
		t.Fatal(err)
	}
	return req
}

func through(handler http.HandlerFunc, req *http.Request) (*http.Response, error) {
	return Transport{handler}.RoundTrip(req)
}

// readAll is a handler that needs the whole request.
func readAll(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }

func TestTransport(t *testing.T) {
	t.Parallel()
	echo := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", strconv.FormatInt(r.ContentLength, 10))
		_, _ = io.Copy(w, r.Body)
	})
	client := http.Client{Transport: Transport{echo}}
	sent := &closer{Reader: strings.NewReader("one two")}
	req := newRequest(t.Context(), t, sent)
	req.ContentLength = 7
	resp, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.Status != "200 OK" || resp.ContentLength != 7 || string(body) != "one two" {
		t.Errorf("%v %s %s", err, resp.Status, body)
	}
	if err := resp.Body.Close(); err != nil || sent.closed != 1 {
		t.Errorf("%v, the request's body was closed %d times", err, sent.closed)
	}
}

func TestTransportHeader(t *testing.T) {
	t.Parallel()
	resp, err := through(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Length", "6")
		w.WriteHeader(http.StatusEarlyHints)
		w.WriteHeader(http.StatusTeapot)
		w.WriteHeader(http.StatusOK)
		w.Header().Set("Too", "late")
		_, _ = io.WriteString(w, r.Host)
	}, newRequest(t.Context(), t, http.NoBody))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if resp.StatusCode != http.StatusTeapot || resp.ContentLength != 6 || resp.Header.Get("Too") != "" || string(body) != "inproc" || err != nil {
		t.Errorf("%+v %q %v", resp, body, err)
	}
}

func TestTransportStreams(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		start := time.Now()
		resp, err := through(func(w http.ResponseWriter, _ *http.Request) {
			for range 3 {
				_, _ = io.WriteString(w, "x")
				_ = http.NewResponseController(w).Flush()
				time.Sleep(time.Second)
			}
		}, newRequest(t.Context(), t, http.NoBody))
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		for i := range 3 {
			n, err := resp.Body.Read(make([]byte, 8))
			if n != 1 || err != nil || time.Since(start) != time.Duration(i)*time.Second {
				t.Errorf("read %d: %d %v after %v", i, n, err, time.Since(start))
			}
		}
		if _, err := resp.Body.Read(make([]byte, 8)); !errors.Is(err, io.EOF) {
			t.Error(err)
		}
	})
}

// Closing the body must end a handler that writes endlessly; synctest fails the test if a goroutine is left.
func TestTransportCloseEndsHandler(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ended := false
		resp, err := through(func(w http.ResponseWriter, r *http.Request) {
			for r.Context().Err() == nil {
				_, _ = io.WriteString(w, "xxxxxxxx")
			}
			ended = true
		}, newRequest(t.Context(), t, http.NoBody))
		if err != nil {
			t.Fatal(err)
		}
		if err := resp.Body.Close(); err != nil || !ended {
			t.Error(err, ended)
		}
		if err := resp.Body.Close(); err != nil {
			t.Error("a second time:", err)
		}
	})
}

func TestTransportCancel(t *testing.T) {
	t.Parallel()
	hung := func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		sent := &closer{Reader: strings.NewReader("x")}
		if _, err := through(hung, newRequest(ctx, t, sent)); !errors.Is(err, context.DeadlineExceeded) { //nolint:bodyclose // there is none
			t.Error(err)
		}
		synctest.Wait()
		if sent.closed != 1 {
			t.Errorf("the request's body was closed %d times", sent.closed)
		}
	})
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		resp, err := through(func(w http.ResponseWriter, r *http.Request) {
			w.WriteHeader(http.StatusOK)
			hung(w, r)
			panic(http.ErrAbortHandler)
		}, newRequest(ctx, t, http.NoBody))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.ReadAll(resp.Body); !errors.Is(err, context.DeadlineExceeded) {
			t.Error(err)
		}
		_ = resp.Body.Close()
	})
}

// The end of the context frees a handler that waits for a request body which never comes.
func TestTransportCancelFreesReader(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		silent, _ := io.Pipe()
		if _, err := through(readAll, newRequest(ctx, t, silent)); !errors.Is(err, context.DeadlineExceeded) { //nolint:bodyclose // there is none
			t.Error(err)
		}
	})
}

func TestTransportBroken(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, before, body string
		panics             any
		want               string
	}{
		{"before the header", "", "", http.ErrAbortHandler, "the connection was closed before a reply came: unexpected EOF"},
		{"a bug before the header", "", "", "oops", "the connection was closed before a reply came: the handler panicked: oops"},
		{"in the body", "ab", "ab", http.ErrAbortHandler, "unexpected EOF"},
		{"a bug in the body", "ab", "ab", "oops", "the handler panicked: oops"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			resp, err := through(func(w http.ResponseWriter, _ *http.Request) {
				if c.before != "" {
					_, _ = io.WriteString(w, c.before)
					_ = http.NewResponseController(w).Flush()
					_, _ = io.WriteString(w, "never seen")
				}
				panic(c.panics)
			}, newRequest(t.Context(), t, http.NoBody))
			if c.before != "" && err == nil {
				defer resp.Body.Close()
				var got []byte
				got, err = io.ReadAll(resp.Body)
				if string(got) != c.body {
					t.Errorf("got %q", got)
				}
			}
			if fmt.Sprint(err) != c.want || c.panics != "oops" && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Error(err)
			}
		})
	}
}

func TestTransportRequestBodyError(t *testing.T) {
	t.Parallel()
	torn := errors.New("torn")
	synctest.Test(t, func(t *testing.T) {
		if _, err := through(readAll, newRequest(t.Context(), t, iotest.ErrReader(torn))); !errors.Is(err, torn) { //nolint:bodyclose // there is none
			t.Error(err)
		}
	})
}
