//go:build unix

package testscripts

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"log"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// fake starts a server for the rest of the script:
//
//	fake [-tls|-mtls] NAME REPLY...
//
// $NAME is set to its base URL, $NAME_host to its address. The k-th file answers the k-th request, the last file also
// all further ones. The k-th request is written to NAME/k (request line, headers and body) and NAME/k.json (the body
// and a newline). With -tls the server speaks https for 127.0.0.1 and the hosts in its certificate, which is written to
// NAME.pem. It is then also a proxy to itself, by CONNECT and SOCKS5: HTTPS_PROXY=$NAME_proxy makes it api.x.ai. With
// -mtls it also asks for a client's certificate, which must be its own; the key of that is written to NAME-key.pem.
//
// A reply begins with a line "STATUS [CONTENT-TYPE]", followed by headers and directives, a blank line and the body.
// The directives are:
//
//	@for TEXT    answer only requests whose body contains TEXT; several replies with the same
//	             TEXT answer in turn
//	@at REQUEST  answer only requests whose first line begins with REQUEST, as in GET /v1/models;
//	             the longest that fits counts
//	@chunk N     write and flush N bytes at a time
//	@pause D     wait for D between chunks
//	@delay D     wait for D before the status line
//	@wait FILE   wait until FILE exists before writing the body's last line that is not blank
//	@quoted      the body is a Go string literal, for bytes that a script can't contain
//	@raw         write the body to the connection in place of a response, and leave it open
//	@gzip        compress the body; @deflate and @rawdeflate too
//	@repeat N    repeat the body N times
//	@cut         drop the connection after the body
//	@reset       drop the connection before the status line
//	@hang        never respond
//	@stall       never end the body
func fake(ts *testscript.TestScript, neg bool, args []string) {
	mutual := len(args) > 0 && args[0] == "-mtls"
	useTLS := mutual || len(args) > 0 && args[0] == "-tls"
	if useTLS {
		args = args[1:]
	}
	if neg || len(args) < 2 {
		ts.Fatalf("usage: fake [-tls|-mtls] NAME REPLY...")
	}
	name := args[0]
	f := &fakeServer{dir: ts.MkAbs(name), work: ts.MkAbs("."), done: make(chan struct{}), requests: map[choice]int{}}
	for _, file := range args[1:] {
		r, err := parseReply(ts.ReadFile(file))
		ts.Check(err)
		f.replies = append(f.replies, r)
	}
	ts.Check(os.MkdirAll(f.dir, 0o777))
	server := httptest.NewUnstartedServer(f)
	server.Config.ErrorLog = log.New(io.Discard, "", 0)
	scheme := "http"
	if useTLS {
		scheme = "https"
		config, certPEM, keyPEM, err := serverConfig(mutual)
		ts.Check(err)
		ts.Check(os.WriteFile(ts.MkAbs(name+".pem"), certPEM, 0o666))
		ts.Check(os.WriteFile(ts.MkAbs(name+"-key.pem"), keyPEM, 0o600))
		server.Listener = &secureListener{server.Listener, config}
	}
	server.Start()
	ts.Defer(func() { close(f.done); server.CloseClientConnections(); server.Close() })
	ts.Setenv(name, scheme+"://"+server.Listener.Addr().String()+"/v1")
	ts.Setenv(name+"_host", server.Listener.Addr().String())
	ts.Setenv(name+"_proxy", "http://"+server.Listener.Addr().String())
}

// deaf accepts connections for the rest of the script, but neither reads nor writes:
//
//	deaf NAME
//
// $NAME is set to its address.
func deaf(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: deaf NAME")
	}
	listener, err := new(net.ListenConfig).Listen(context.Background(), "tcp", "127.0.0.1:0")
	ts.Check(err)
	ts.Defer(func() { _ = listener.Close() })
	ts.Setenv(args[0], listener.Addr().String())
}

type fakeServer struct {
	dir, work string
	done      chan struct{}
	replies   []*reply

	mu       sync.Mutex
	count    int
	requests map[choice]int // number of requests per choice
}

func (f *fakeServer) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r := f.record(req)
	f.sleep(req, r.delay)
	switch r.end {
	case "@hang":
		f.sleep(req, time.Hour)
		return
	case "@reset":
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			if tcp, ok := conn.(*net.TCPConn); ok {
				_ = tcp.SetLinger(0)
			}
			_ = conn.Close()
		}
		return
	case "@raw":
		if conn, _, err := http.NewResponseController(w).Hijack(); err == nil {
			_, _ = conn.Write(r.body)
			<-f.done
			_ = conn.Close()
		}
		return
	}
	maps.Copy(w.Header(), r.header)
	w.WriteHeader(r.status)
	f.body(w, req, r)
	switch r.end {
	case "@cut":
		panic(http.ErrAbortHandler)
	case "@stall":
		f.sleep(req, time.Hour)
	}
}

func (f *fakeServer) body(w http.ResponseWriter, req *http.Request, r *reply) {
	flush := func() { _ = http.NewResponseController(w).Flush() }
	body, rest := r.body, []byte(nil)
	if r.wait != "" {
		cut := bytes.LastIndexByte(bytes.TrimRight(body, "\n"), '\n') + 1
		body, rest = body[:cut], body[cut:]
	}
	for r.chunk > 0 && len(body) > r.chunk {
		_, _ = w.Write(body[:r.chunk])
		flush()
		body = body[r.chunk:]
		f.sleep(req, r.pause)
	}
	_, _ = w.Write(body)
	flush()
	for r.wait != "" {
		if _, err := os.Stat(filepath.Join(f.work, r.wait)); err == nil {
			break
		}
		if !f.sleep(req, 5*time.Millisecond) {
			return
		}
	}
	_, _ = w.Write(rest)
	flush()
}

// sleep waits for d. It returns false if the client or the script ends first.
func (f *fakeServer) sleep(req *http.Request, d time.Duration) bool {
	select {
	case <-time.After(d):
		return true
	case <-req.Context().Done():
	case <-f.done:
	}
	return false
}

// record writes a request to files and returns the reply to it.
func (f *fakeServer) record(req *http.Request) *reply {
	body, err := io.ReadAll(req.Body)
	var head strings.Builder
	fmt.Fprintf(&head, "%s %s\n", req.Method, req.URL.RequestURI())
	var names []string
	for name := range req.Header {
		if !slices.Contains([]string{"User-Agent", "Accept-Encoding", "Content-Length"}, name) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for _, name := range names {
		fmt.Fprintf(&head, "%s: %s\n", name, strings.Join(req.Header[name], " | "))
	}
	if err != nil {
		fmt.Fprintf(&head, "(the body ended early)\n")
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.count++
	file := filepath.Join(f.dir, strconv.Itoa(f.count))
	text := append(body, '\n')
	_ = os.WriteFile(file+".json", text, 0o666)
	if len(body) == 0 {
		text = nil
	}
	_ = os.WriteFile(file, append([]byte(head.String()+"\n"), text...), 0o666)
	return f.choose(req.Method+" "+req.URL.RequestURI(), string(body))
}

// choice selects the requests that a reply answers, by @at and @for.
type choice struct{ at, match string }

// fits reports whether a request is among those.
func (c choice) fits(line, body string) bool {
	return strings.HasPrefix(line, c.at) && strings.Contains(body, c.match)
}

// choose returns the next reply to a request. The caller holds f.mu.
func (f *fakeServer) choose(line, body string) *reply {
	var chosen choice
	var candidates []*reply
	for _, r := range f.replies {
		switch {
		case r.choice == chosen && r.fits(line, body):
			candidates = append(candidates, r)
		case r.fits(line, body) && (len(r.at) > len(chosen.at) || len(r.at) == len(chosen.at) && chosen.match == ""):
			chosen, candidates = r.choice, []*reply{r}
		}
	}
	f.requests[chosen]++
	if len(candidates) == 0 {
		return &reply{status: http.StatusTeapot, header: http.Header{}}
	}
	return candidates[min(f.requests[chosen], len(candidates))-1]
}
