// Package server answers requests on a port of this machine: by the embedded endpoint, by a file of exchanges, or by another
// server, to which it forwards them.
package server

import (
	"cmp"
	"context"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/batches"
	"github.com/chatcmpl/chatcmpl/internal/connect"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/inproc"
	"github.com/chatcmpl/chatcmpl/internal/offline"
	"github.com/chatcmpl/chatcmpl/internal/proxy"
	"github.com/chatcmpl/chatcmpl/internal/render"
	"github.com/chatcmpl/chatcmpl/internal/secret"
)

// Options describe a server.
type Options struct {
	Connect connect.Options
	// Addr is the host and port to listen at. AllowRemote allows one that other machines can reach.
	Addr        string
	AllowRemote bool
	// Upstream is the base URL of the server that requests are forwarded to; empty for the embedded endpoint. RequireKey makes
	// that want the key, and Settings are those of the requests that set none.
	Upstream   string
	RequireKey bool
	Settings   url.Values
	// LogJSON writes the lines of the log as JSON.
	LogJSON bool
	// HandleSignals is as in job.Options.Graceful.
	HandleSignals func(first, second func()) (end func())
}

// shutdownPeriod is the time in which requests in flight may finish after the server is told to stop.
const shutdownPeriod = 5 * time.Second

// Run answers requests until ctx is done. It returns ctx's cause, or a *LostError if an exchange could not be recorded.
func Run(ctx context.Context, con *console.Console, o *Options) error {
	open := o.handler
	if o.Upstream != "" {
		open = o.forwarder
	}
	handler, lost, err := open(ctx, con)
	if err != nil {
		return err
	}
	listener, err := o.listen(ctx)
	if err != nil {
		return err
	}
	if !con.Quiet {
		handler = &logged{handler, con, o.LogJSON}
	}
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          con.DetailLog(),
	}
	w := render.Writer{Out: con.Output()}
	if err := w.Text("http://" + listener.Addr().String() + "/v1"); err != nil {
		return errors.Join(err, listener.Close())
	}
	silent := func() {}
	defer o.HandleSignals(silent, silent)()
	broken := make(chan error, 1)
	go func() { broken <- server.Serve(listener) }()
	select {
	case err := <-broken:
		return err
	case <-ctx.Done():
	}
	limited, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownPeriod)
	defer cancel()
	if server.Shutdown(limited) != nil {
		// Requests that are still in flight may never end.
		_ = server.Close()
	}
	return cmp.Or(lost(), context.Cause(ctx))
}

// LostError reports an exchange that a server could not record. It takes precedence over the signal that ended the
// server.
type LostError struct{ error }

// Unwrap returns the cause.
func (l *LostError) Unwrap() error { return l.error }

// overSignal marks what was lost: it counts for more than the signal that ended the server.
func overSignal(unwritten func() error) func() error {
	return func() error {
		if err := unwritten(); err != nil {
			return &LostError{err}
		}
		return nil
	}
}

// handler returns the endpoint that the options describe, behind a cassette if one is set. lost returns the error if an
// exchange could not be recorded.
func (o *Options) handler(ctx context.Context, con *console.Console) (handler http.Handler, lost func() error, err error) {
	options := offline.Options{Settings: o.Settings}
	if o.RequireKey {
		key, err := o.Connect.Key(ctx, con)
		if err != nil {
			return nil, nil, err
		}
		options.Key = key.Reveal()
	}
	if options.Replies, err = o.Connect.ReadReplies(); err != nil {
		return nil, nil, err
	}
	if !con.Quiet {
		options.Ran = func(r batches.Run) { logRun(con, o.LogJSON, r) }
	}
	endpoint := offline.New(options)
	context.AfterFunc(ctx, endpoint.Close)
	base, err := url.Parse(connect.OfflineURL)
	if err != nil {
		return nil, nil, err
	}
	next := &inproc.Transport{Handler: endpoint}
	recorder, unwritten, err := connect.Tape(con, &o.Connect, base, next, proxy.ErrClientGone)
	if err != nil || recorder == next {
		return endpoint, unwritten, err
	}
	return recordingProxy(con, base, next, recorder), overSignal(unwritten), nil
}

// listen opens the port. An address that other machines can reach needs AllowRemote.
func (o *Options) listen(ctx context.Context) (net.Listener, error) {
	host, port, err := net.SplitHostPort(o.Addr)
	if _, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil {
		return nil, failure.BadUsage("such as 127.0.0.1:8080", "--addr %q: must be HOST:PORT", o.Addr)
	}
	if !secret.IsLoopback(host) && !o.AllowRemote {
		return nil, failure.BadUsage("listen on 127.0.0.1, or allow it with --allow-remote", "--addr %s: other machines could reach this address", o.Addr)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.Addr)
	if op, ok := errors.AsType[*net.OpError](err); ok {
		err = op.Err
	}
	if err != nil {
		return nil, failure.BadUsage("another program may be using the port; --addr 127.0.0.1:0 takes a free one", "--addr %s: %w", o.Addr, err)
	}
	return listener, nil
}
