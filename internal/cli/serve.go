package cli

import (
	"cmp"
	"context"
	"errors"
	"log"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/chatcmpl/chatcmpl/internal/offline"
	"github.com/chatcmpl/chatcmpl/internal/render"
)

// graceTime is how long requests under way may take to end once the server is told to stop.
const graceTime = 5 * time.Second

// serveFlags are the flags of serve.
type serveFlags struct {
	addr, logFormat         string
	allowRemote, requireKey bool
	knobs                   []string // the names of the flags that set the endpoint
}

func newServe(a *app) command {
	cmd := &cobra.Command{
		Use:   "serve [flags]",
		Short: "run the embedded endpoint on a port of this machine",
		Long: `Runs the endpoint that --offline asks, for other programs and for scripts that want a URL. The
first line of stdout is its base URL; then each request is logged on stderr. It runs until it
is interrupted or told to stop by SIGTERM, and lets requests under way end.

What goes wrong on purpose is set for all requests by the flags below, and for one client by
the query of its base URL: http://127.0.0.1:8080/v1?latency=50ms.`,
		Example: `  chatcmpl serve
  chatcmpl serve --addr 127.0.0.1:0 --status 429 --every 3 --retry-after 1
  chatcmpl serve --replies answers.jsonl --quiet`,
	}
	var flags serveFlags
	cmd.RunE = func(cmd *cobra.Command, words []string) error {
		if len(words) > 0 {
			return usage("", "serve takes no words")
		}
		if err := flags.check(cmd); err != nil {
			return err
		}
		return a.serve(cmd.Context(), cmd, &flags)
	}
	return command{cmd, func() { flags.bind(cmd) }}
}

func (f *serveFlags) bind(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVar(&f.addr, "addr", "127.0.0.1:8080", "the `address` to listen on; port 0 takes any free one")
	fs.Var(oneOf(&f.logFormat, "form", "text", "json"), "log-format", "how requests are logged: text or json")
	completes(cmd, "log-format", "text", "json")
	fs.BoolVar(&f.allowRemote, "allow-remote", false, "listen on an address that other machines can reach")
	fs.BoolVar(&f.requireKey, "require-key", false, "refuse requests without the key of CHATCMPL_API_KEY, --api-key-file or --api-key-command")
	for _, k := range offline.Settings() {
		if k.Name == "key" {
			// No flag takes a key.
			continue
		}
		f.knobs = append(f.knobs, k.Name)
		if k.Value == "" {
			fs.Bool(k.Name, false, k.Usage)
		} else {
			fs.String(k.Name, "", "`"+k.Value+"`: "+k.Usage)
		}
	}
	noEnv(fs, f.knobs...)
}

// check refuses the flags of all commands that say how requests are sent: none is sent here.
func (f *serveFlags) check(cmd *cobra.Command) error {
	meant := []string{
		"record", "replay", "cache", "offline", "replies", "profile", "api-key-file", "api-key-command", "verbose", "quiet", "error-format",
	}
	var stray error
	cmd.InheritedFlags().VisitAll(func(flag *pflag.Flag) {
		if flag.Changed && !slices.Contains(meant, flag.Name) {
			stray = usage("", "--%s says how requests are sent, and serve sends none", flag.Name)
		}
	})
	return stray
}

// settings are what the flags say of the endpoint.
func (f *serveFlags) settings(fs *pflag.FlagSet) (url.Values, error) {
	set := url.Values{}
	for _, name := range f.knobs {
		flag := fs.Lookup(name)
		if !flag.Changed {
			continue
		}
		set.Set(name, flag.Value.String())
		if err := offline.Check(url.Values{name: set[name]}); err != nil {
			return nil, usage("", "--%w", err)
		}
	}
	return set, nil
}

// serve answers requests until ctx is done, whose cause it returns, unless an exchange could
// not be kept.
func (a *app) serve(ctx context.Context, cmd *cobra.Command, f *serveFlags) error {
	handler, lost, err := a.handler(ctx, cmd, f)
	if err != nil {
		return err
	}
	listener, err := f.listen(ctx)
	if err != nil {
		return err
	}
	if !a.env.quiet {
		handler = &logged{handler, a.env, f.logFormat == "json"}
	}
	server := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: 10 * time.Second,
		ErrorLog:          log.New(detailWriter{a.env}, "", 0),
	}
	w := render.Writer{Out: a.env.stdout}
	if err := w.Text("http://" + listener.Addr().String() + "/v1"); err != nil {
		return errors.Join(err, listener.Close())
	}
	silent := func() {}
	a.signals.patient.Store(&patience{first: silent, second: silent})
	broken := make(chan error, 1)
	go func() { broken <- server.Serve(listener) }()
	select {
	case err := <-broken:
		return err
	case <-ctx.Done():
	}
	grace, cancel := context.WithTimeout(context.WithoutCancel(ctx), graceTime)
	defer cancel()
	if server.Shutdown(grace) != nil {
		// What is still under way never ends by itself.
		_ = server.Close()
	}
	return cmp.Or(lost(), context.Cause(ctx))
}

// handler makes the endpoint that the flags describe; for lost see recorded.
func (a *app) handler(ctx context.Context, cmd *cobra.Command, f *serveFlags) (handler http.Handler, lost func() error, err error) {
	settings, err := f.settings(cmd.Flags())
	if err != nil {
		return nil, nil, err
	}
	options := offline.Options{Settings: settings}
	if f.requireKey {
		key, err := a.connect.key(ctx, a.env, cmd, &endpoint{}, http.Header{})
		if err != nil {
			return nil, nil, err
		}
		if key.Reveal() == "" {
			return nil, nil, keyError("set CHATCMPL_API_KEY, or name a file by --api-key-file", "--require-key: there is no key to ask for")
		}
		options.Key = key.Reveal()
	}
	if options.Replies, err = a.connect.scripted(a.env); err != nil {
		return nil, nil, err
	}
	return a.recorded(offline.New(options))
}

// listen opens the port; other machines can reach it only where that is allowed.
func (f *serveFlags) listen(ctx context.Context) (net.Listener, error) {
	host, port, err := net.SplitHostPort(f.addr)
	if _, bad := strconv.ParseUint(port, 10, 16); err != nil || bad != nil {
		return nil, usage("such as 127.0.0.1:8080", "--addr %q: must be HOST:PORT", f.addr)
	}
	if !isLoopback(host) && !f.allowRemote {
		return nil, usage("listen on 127.0.0.1, or allow it by --allow-remote", "--addr %s: other machines could reach it", f.addr)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", f.addr)
	if err != nil {
		return nil, usage("another program may have the port; --addr 127.0.0.1:0 takes a free one", "--addr %s: %w", f.addr, plainListen(err))
	}
	return listener, nil
}

// plainListen leaves out of an error what the message says already.
func plainListen(err error) error {
	if op, ok := errors.AsType[*net.OpError](err); ok {
		return op.Err
	}
	return err
}

// detailWriter passes a log on to those who asked for details.
type detailWriter struct{ env *env }

func (d detailWriter) Write(p []byte) (int, error) {
	d.env.detail("* " + string(p))
	return len(p), nil
}
