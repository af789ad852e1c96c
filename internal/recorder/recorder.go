// Package recorder runs a program and keeps what it exchanges with an API in a file, or answers it from that file.
//
// The chatcmpl processes of the program share a session, whose address is in their environment. Programs in other languages
// talk to a proxy on the same loopback port, below the same secret path.
package recorder

import (
	"context"
	"crypto/rand"
	"errors"
	"net"
	"net/http"
	"path/filepath"
	"strings"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/connect"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/proxy"
	"github.com/chatcmpl/chatcmpl/internal/session"
)

// Options describe a run of a program.
type Options struct {
	// File is the file of exchanges, and Command the program with its arguments.
	File    string
	Command []string
	// Append adds to an existing file, Force replaces it. A recording has at most one of the two.
	Append, Force bool
	// Strict makes a replay fail that asks for other exchanges than were recorded.
	Strict bool
	// Connect says how requests of programs in other languages are sent. An empty BaseURL takes it from Environ.
	Connect connect.Options
	// Environ is the environment of the program.
	Environ []string
}

// gracePeriod is the time that exchanges in flight at the end of the program have to be recorded.
const gracePeriod = 5 * time.Second

// check refuses options that can't be used.
func (o *Options) check(command string) error {
	switch {
	case environment(o.Environ).get(session.Variable) != "":
		return failure.BadUsage("the exchanges of the inner command are in the outer one's file", "%s can't be used inside record or replay", command)
	case o.File == "" || len(o.Command) == 0:
		return failure.BadUsage("such as chatcmpl "+command+" talk.jsonl -- ./script.sh", "%s needs a file and a command", command)
	}
	return nil
}

// host is the loopback port that a program's processes talk to.
type host struct {
	con     *console.Console
	session *session.Server
	address session.Address
	// foreign answers programs in other languages, at the path /v1 below the root.
	foreign func(prefix string) http.Handler
	// needsKey gives those programs a key, because their requests go nowhere.
	needsKey bool
}

// run runs a program while the port is open. The error is that of the program; lost is the reason why exchanges
// were not kept.
func (h *host) run(ctx context.Context, o *Options) (started bool, lost, err error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return false, nil, err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	at, root := listener.Addr().String(), "/"+rand.Text()
	h.address.URL = "http://" + at + root
	server := &http.Server{Handler: h.handler(ctx, root), ReadHeaderTimeout: 10 * time.Second, ErrorLog: h.con.DetailLog()}
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	environ, removed := environment(o.Environ).withoutOwnFiles()
	for _, name := range removed {
		h.con.Note("%s is not passed on to the command, whose exchanges are in %s", name, o.File)
	}
	address, _, _ := net.SplitHostPort(at)
	started, err = run(h.con, o.Command, environ.withSession(h.address, h.address.URL+"/v1", address, h.needsKey))
	lost = errors.Join(h.end(ctx, server), ignoreClosed(<-served))
	cancel()
	h.session.Wait()
	return started, lost, err
}

func ignoreClosed(err error) error {
	if errors.Is(err, http.ErrServerClosed) {
		return nil
	}
	return err
}

// end closes the port and waits for the exchanges that are under way.
func (h *host) end(ctx context.Context, server *http.Server) error {
	limited, cancel := context.WithTimeout(ctx, gracePeriod)
	defer cancel()
	closed := make(chan error, 1)
	go func() { closed <- server.Shutdown(limited) }()
	lost := h.session.End(gracePeriod)
	cancel()
	// The session reports what is still under way.
	_, _ = <-closed, server.Close()
	return lost
}

// handler returns the handler for all paths below the root. An http.ServeMux would redirect a path with two slashes, and a
// client that follows loses the body of its request.
func (h *host) handler(ctx context.Context, root string) http.Handler {
	foreign, own := h.foreign(root+"/v1"), http.StripPrefix(root, h.session.Handler(ctx))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case strings.HasPrefix(r.URL.Path, root+"/v1/"):
			foreign.ServeHTTP(w, r)
		case strings.HasPrefix(r.URL.Path, root+"/"):
			own.ServeHTTP(w, r)
		default:
			http.NotFound(w, r)
		}
	})
}

// forwarding returns the options of a proxy that keeps every exchange below its base URL.
func forwarding(con *console.Console, prefix string) proxy.Options {
	return proxy.Options{Prefix: prefix, Keeps: func(string) bool { return true }, Log: con.DetailLog()}
}

// absolute returns a file's absolute name, for processes that may run in another directory.
func absolute(name string) (string, error) {
	name, err := filepath.Abs(name)
	if err != nil {
		return "", failure.BadUsage("", "%s: %w", name, err)
	}
	return name, nil
}
