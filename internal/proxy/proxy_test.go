package proxy_test

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/proxy"
)

// keeper is a RoundTripper that hands on each exchange once its body is closed.
type keeper struct {
	next http.RoundTripper
	kept chan kept
}

type kept struct {
	path, body string
	cause      error
}

func (k *keeper) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := k.next.RoundTrip(req)
	if err == nil {
		resp.Body = &keptBody{ReadCloser: resp.Body, req: req, to: k.kept}
	}
	return resp, err
}

type keptBody struct {
	io.ReadCloser
	req  *http.Request
	text strings.Builder
	to   chan kept
}

func (b *keptBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.text.Write(p[:n])
	return n, err
}

func (b *keptBody) Close() error {
	b.to <- kept{b.req.URL.Path, b.text.String(), context.Cause(b.req.Context())}
	return b.ReadCloser.Close()
}

// start returns the base URL of a proxy, /secret/v1, to an upstream, and what its keeper gets.
func start(t *testing.T, upstream http.HandlerFunc) (base string, exchanges chan kept) {
	t.Helper()
	server := httptest.NewServer(upstream)
	t.Cleanup(server.Close)
	at, err := url.Parse(server.URL + "/api/v1?team=7")
	if err != nil {
		t.Fatal(err)
	}
	return startTo(t, at)
}

func startTo(t *testing.T, upstream *url.URL) (base string, exchanges chan kept) {
	t.Helper()
	transport := &http.Transport{DisableCompression: true}
	t.Cleanup(transport.CloseIdleConnections)
	exchanges = make(chan kept, 1)
	front := httptest.NewServer(proxy.New(proxy.Options{
		Upstream: upstream, Prefix: "/secret/v1", Transport: transport,
		Keeper: &keeper{transport, exchanges},
		Keeps:  func(path string) bool { return path == "/chat/completions" },
		Failed: func(w http.ResponseWriter, _ *http.Request, err error) {
			proxy.Fail(w, http.StatusBadGateway, "upstream_unreachable", err.Error())
		},
	}))
	t.Cleanup(front.Close)
	return front.URL + "/secret/v1", exchanges
}

// answer is a response whose body the test closes at its end.
type answer struct {
	StatusCode int
	Header     http.Header
	Body       io.ReadCloser
}

func do(t *testing.T, method, url, body string, header http.Header) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name := range header {
		req.Header.Set(name, header.Get(name))
	}
	resp, err := (&http.Transport{DisableCompression: true}).RoundTrip(req)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = resp.Body.Close() })
	return answer{resp.StatusCode, resp.Header, resp.Body}
}

func text(t *testing.T, r io.Reader) string {
	t.Helper()
	all, err := io.ReadAll(r)
	if err != nil {
		t.Error(err)
	}
	return string(all)
}

func TestForward(t *testing.T) {
	t.Parallel()
	base, exchanges := start(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Request-Id", "r-1")
		w.Header().Set("Location", "http://elsewhere.example/")
		w.WriteHeader(http.StatusTemporaryRedirect)
		_, _ = io.WriteString(w, r.Method+" "+r.Host+" "+r.RequestURI+" "+r.Header.Get("Authorization")+" "+r.Header.Get("Accept-Encoding")+"|"+text(t, r.Body))
	})
	host := func(u string) string { return strings.Split(u, "/")[2] }
	for _, tt := range []struct{ method, url, body, want string }{
		{"POST", base + "/chat/completions", "{}", "POST HOST /api/v1/chat/completions?team=7 Bearer k |{}"},
		{"GET", base + "/models/a%2Fb?x=1&y", "", "GET HOST /api/v1/models/a%2Fb?team=7&x=1&y Bearer k gzip|"},
		{"GET", base, "", "GET HOST /api/v1?team=7 Bearer k gzip|"},
		{"DELETE", strings.TrimSuffix(base, "/secret/v1") + "/health;x?q=a;b", "", "DELETE HOST /health;x?team=7&q=a;b Bearer k gzip|"},
		{"GET", base + "1/models", "", "GET HOST /secret/v11/models?team=7 Bearer k gzip|"},
	} {
		resp := do(t, tt.method, tt.url, tt.body, http.Header{"Authorization": {"Bearer k"}, "Accept-Encoding": {"gzip"}})
		got := text(t, resp.Body)
		if at := strings.Fields(got)[1]; at == host(base) {
			t.Errorf("%s: the upstream was asked as %s", tt.url, at)
		} else if want := strings.Replace(tt.want, "HOST", at, 1); got != want {
			t.Errorf("%s:\n got %s\nwant %s", tt.url, got, want)
		}
		if resp.StatusCode != http.StatusTemporaryRedirect || resp.Header.Get("X-Request-Id") != "r-1" {
			t.Errorf("%s: status %d, header %v", tt.url, resp.StatusCode, resp.Header)
		}
	}
	if k := <-exchanges; k.path != "/api/v1/chat/completions" || !strings.HasSuffix(k.body, "|{}") || k.cause != nil {
		t.Errorf("kept %+v", k)
	}
	select {
	case k := <-exchanges:
		t.Errorf("kept %+v, too", k)
	default:
	}
}

func TestStreamIsUnbuffered(t *testing.T) {
	t.Parallel()
	read := make(chan bool)
	base, _ := start(t, func(w http.ResponseWriter, _ *http.Request) {
		for range 3 {
			_, _ = io.WriteString(w, "data: x\n")
			_ = http.NewResponseController(w).Flush()
			<-read
		}
	})
	lines := bufio.NewScanner(do(t, http.MethodPost, base+"/chat/completions", "{}", nil).Body)
	for range 3 {
		if !lines.Scan() {
			t.Fatal(lines.Err())
		}
		read <- true
	}
}

func TestClientGone(t *testing.T) {
	t.Parallel()
	base, exchanges := start(t, func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, "data: x\n")
		_ = http.NewResponseController(w).Flush()
		<-r.Context().Done()
	})
	resp := do(t, http.MethodPost, base+"/chat/completions", "{}", nil)
	if _, err := bufio.NewReader(resp.Body).ReadString('\n'); err != nil {
		t.Fatal(err)
	}
	_ = resp.Body.Close()
	select {
	case k := <-exchanges:
		if k.body != "data: x\n" || !errors.Is(k.cause, proxy.ErrClientGone) {
			t.Errorf("kept %+v", k)
		}
	case <-time.After(10 * time.Second):
		t.Fatal("nothing was kept")
	}
}

func TestUpstreamDown(t *testing.T) {
	t.Parallel()
	base, _ := startTo(t, &url.URL{Scheme: "http", Host: "127.0.0.1:1"})
	resp := do(t, http.MethodPost, base+"/chat/completions", "{}", nil)
	if got := text(t, resp.Body); resp.StatusCode != http.StatusBadGateway || !strings.HasPrefix(got, `{"error":{"message":"dial tcp`) {
		t.Errorf("status %d, %s", resp.StatusCode, got)
	}
}

func TestUpstreamBreaksOff(t *testing.T) {
	t.Parallel()
	base, _ := start(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, "data: x\n")
		_ = http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	})
	if _, err := io.ReadAll(do(t, http.MethodPost, base+"/chat/completions", "{}", nil).Body); err == nil {
		t.Error("the response ends as if it were complete")
	}
}

// TestRequestCanBeSentAgain checks that a small body can be sent over another connection, as net/http does if the server had
// closed the first one.
func TestRequestCanBeSentAgain(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(proxy.New(proxy.Options{
		Upstream: &url.URL{Scheme: "http", Host: "upstream.example"},
		Transport: roundTripper(func(req *http.Request) (*http.Response, error) {
			if req.GetBody == nil {
				return nil, errors.New("the body can't be had again")
			}
			_ = text(t, req.Body)
			again, err := req.GetBody()
			return &http.Response{StatusCode: http.StatusOK, Body: again}, err
		}),
	}))
	t.Cleanup(server.Close)
	if got := text(t, do(t, http.MethodPost, server.URL+"/x", "{}", nil).Body); got != "{}" {
		t.Error(got)
	}
	if resp := do(t, http.MethodConnect, server.URL, "", nil); resp.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("CONNECT: status %d", resp.StatusCode)
	}
}

type roundTripper func(*http.Request) (*http.Response, error)

func (f roundTripper) RoundTrip(req *http.Request) (*http.Response, error) { return f(req) }
