package cli

import (
	"cmp"
	"context"
	"errors"
	"log"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"github.com/chatcmpl/chatcmpl/internal/batches"
	"github.com/chatcmpl/chatcmpl/internal/connect"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/faults"
	"github.com/chatcmpl/chatcmpl/internal/inproc"
	"github.com/chatcmpl/chatcmpl/internal/offline"
	"github.com/chatcmpl/chatcmpl/internal/option"
	"github.com/chatcmpl/chatcmpl/internal/proxy"
	"github.com/chatcmpl/chatcmpl/internal/render"
	"github.com/chatcmpl/chatcmpl/internal/secret"
	"github.com/chatcmpl/chatcmpl/internal/settings"
)

// shutdownPeriod is the time in which requests in flight may finish after the server is told to stop.
const shutdownPeriod = 5 * time.Second

// serveOptions describe a server.
type serveOptions struct {
	connect                 connect.Options
	addr, upstream          string
	allowRemote, requireKey bool
	logJSON                 bool
	settings                url.Values // of the endpoint
	handleSignals           func(first, second func()) (end func())
}

func newServe(p *program) {
	p.rows = append(p.rows, endpointRows()...)
	p.add(option.Serve, &cobra.Command{
		Use:     "serve [flags]",
		Short:   "run the embedded endpoint on a port of this machine",
		GroupID: groupTest,
		Example: `  chatcmpl serve
  chatcmpl serve --addr 127.0.0.1:0 --status 429 --every 3 --retry-after 1
  chatcmpl serve --replies answers.jsonl --quiet`,
	}, func(ctx context.Context, v *settings.Values, words []string) error {
		if len(words) > 0 {
			return failure.BadUsage("", "serve takes no words")
		}
		o, err := p.serveOptions(v)
		if err != nil {
			return err
		}
		return runServe(ctx, p.con, o)
	})
}

// endpointRows returns the settings of the embedded endpoint as options of serve. No flag takes a key.
func endpointRows() []option.Option {
	var rows []option.Option
	for _, s := range faults.All() {
		if s.Name == "key" {
			continue
		}
		row := option.Option{Name: s.Name, Arg: s.Value, Help: s.Usage, Group: option.Testing, Commands: option.Serve, Source: option.CommandLine}
		row.Words = s.Words()
		if s.Value == "" {
			row.Type = option.Switch
		}
		rows = append(rows, row)
	}
	return rows
}

// serveOptions returns the options of a server. It refuses global flags for sending requests, because serve sends none.
func (p *program) serveOptions(v *settings.Values) (*serveOptions, error) {
	o := &serveOptions{
		connect: p.connectOptions(v), addr: v.Text("addr"), upstream: v.Text("upstream"), allowRemote: v.On("allow-remote"), requireKey: v.On("require-key"),
		logJSON: v.Text("log-format") == "json", settings: url.Values{}, handleSignals: p.signals.HandleGracefully,
	}
	for _, row := range v.Options() {
		switch {
		case !v.ByFlag(row.Name):
		case row.Commands&option.Forwarding != 0 && o.upstream != "":
		case row.Global && row.Commands&option.Serve == 0:
			return nil, failure.BadUsage("", "--%s says how requests are sent, and serve sends none%s", row.Name, o.ofItsOwn())
		case row.Group == option.Testing && !row.Global && o.upstream != "":
			return nil, failure.BadUsage("", "--%s is for the embedded endpoint, and --upstream forwards requests to another", row.Name)
		case row.Group == option.Testing && !row.Global:
			o.settings.Set(row.Name, v.Text(row.Name))
			if _, err := faults.Read(url.Values{row.Name: o.settings[row.Name]}); err != nil {
				return nil, failure.BadUsage("", "--%w", err)
			}
		}
	}
	return o, nil
}

// ofItsOwn completes "sends none" where requests of others are forwarded.
func (o *serveOptions) ofItsOwn() string {
	if o.upstream == "" {
		return ""
	}
	return " of its own"
}

// runServe answers requests until ctx is done. It returns ctx's cause, or a *lostError if an exchange could not be
// recorded.
func runServe(ctx context.Context, con *console.Console, o *serveOptions) error {
	open := o.handler
	if o.upstream != "" {
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
		handler = &logged{handler, con, o.logJSON}
	}
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          log.New(detailWriter{con}, "", 0),
	}
	w := render.Writer{Out: con.Output()}
	if err := w.Text("http://" + listener.Addr().String() + "/v1"); err != nil {
		return errors.Join(err, listener.Close())
	}
	defer limitMemory()()
	silent := func() {}
	defer o.handleSignals(silent, silent)()
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

// handler returns the endpoint that the options describe, behind a cassette if one is set. lost returns the error if an
// exchange could not be recorded.
func (o *serveOptions) handler(ctx context.Context, con *console.Console) (handler http.Handler, lost func() error, err error) {
	options := offline.Options{Settings: o.settings}
	if o.requireKey {
		key, err := o.connect.Key(ctx, con)
		if err != nil {
			return nil, nil, err
		}
		options.Key = key.Reveal()
	}
	if options.Replies, err = o.connect.ReadReplies(); err != nil {
		return nil, nil, err
	}
	if !con.Quiet {
		options.Ran = func(r batches.Run) { logRun(con, o.logJSON, r) }
	}
	endpoint := offline.New(options)
	context.AfterFunc(ctx, endpoint.Close)
	base, err := url.Parse(connect.OfflineURL)
	if err != nil {
		return nil, nil, err
	}
	next := &inproc.Transport{Handler: endpoint}
	recorder, unwritten, err := connect.Tape(con, &o.connect, base, next, proxy.ErrClientGone)
	if err != nil || recorder == next {
		return endpoint, unwritten, err
	}
	return recordingProxy(con, base, next, recorder), overSignal(unwritten), nil
}

// overSignal marks what was lost: it counts for more than the signal that ended the server.
func overSignal(unwritten func() error) func() error {
	return func() error {
		if err := unwritten(); err != nil {
			return &lostError{err}
		}
		return nil
	}
}

// lostError reports an exchange that a server could not record. It takes precedence over the signal that ended the
// server.
type lostError struct{ error }

func (l *lostError) Unwrap() error { return l.error }

// listen opens the port. An address that other machines can reach needs allowRemote.
func (o *serveOptions) listen(ctx context.Context) (net.Listener, error) {
	host, port, err := net.SplitHostPort(o.addr)
	if _, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil {
		return nil, failure.BadUsage("such as 127.0.0.1:8080", "--addr %q: must be HOST:PORT", o.addr)
	}
	if !secret.IsLoopback(host) && !o.allowRemote {
		return nil, failure.BadUsage("listen on 127.0.0.1, or allow it with --allow-remote", "--addr %s: other machines could reach this address", o.addr)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", o.addr)
	if op, ok := errors.AsType[*net.OpError](err); ok {
		err = op.Err
	}
	if err != nil {
		return nil, failure.BadUsage("another program may be using the port; --addr 127.0.0.1:0 takes a free one", "--addr %s: %w", o.addr, err)
	}
	return listener, nil
}

// detailWriter writes a log as details, which are shown with --verbose.
type detailWriter struct{ con *console.Console }

func (d detailWriter) Write(p []byte) (int, error) {
	d.con.Detail("* " + string(p))
	return len(p), nil
}
