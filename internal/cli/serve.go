package cli

import (
	"context"
	"net/url"

	"github.com/spf13/cobra"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/faults"
	"github.com/chatcmpl/chatcmpl/internal/option"
	"github.com/chatcmpl/chatcmpl/internal/server"
	"github.com/chatcmpl/chatcmpl/internal/settings"
)

func newServe(p *program) {
	p.rows = append(p.rows, endpointRows()...)
	p.add(option.Serve, &cobra.Command{
		Use:     "serve [flags]",
		Short:   "run the embedded endpoint on a port of this machine",
		GroupID: groupTest,
		Example: `  chatcmpl serve
  chatcmpl serve --addr 127.0.0.1:0 --status 429 --every 3 --retry-after 1
  chatcmpl serve --replies answers.jsonl --quiet`,
	}, withoutWords("serve", func(ctx context.Context, v *settings.Values) error {
		o, err := p.serveOptions(v)
		if err != nil {
			return err
		}
		defer limitMemory()()
		return server.Run(ctx, p.con, o)
	}))
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
func (p *program) serveOptions(v *settings.Values) (*server.Options, error) {
	o := &server.Options{
		Connect: p.connectOptions(v), Addr: v.Text("addr"), Upstream: v.Text("upstream"), AllowRemote: v.On("allow-remote"), RequireKey: v.On("require-key"),
		LogJSON: v.Text("log-format") == "json", Settings: url.Values{}, HandleSignals: p.signals.HandleGracefully,
	}
	ofItsOwn := ""
	if o.Upstream != "" {
		ofItsOwn = " of its own"
	}
	for _, row := range v.Options() {
		switch {
		case !v.ByFlag(row.Name):
		case row.Commands&option.Forwarding != 0 && o.Upstream != "":
		case row.Global && row.Commands&option.Serve == 0:
			return nil, failure.BadUsage("", "--%s says how requests are sent, and serve sends none%s", row.Name, ofItsOwn)
		case row.Group == option.Testing && !row.Global && o.Upstream != "":
			return nil, failure.BadUsage("", "--%s is for the embedded endpoint, and --upstream forwards requests to another", row.Name)
		case row.Group == option.Testing && !row.Global:
			o.Settings.Set(row.Name, v.Text(row.Name))
			if _, err := faults.Read(url.Values{row.Name: o.Settings[row.Name]}); err != nil {
				return nil, failure.BadUsage("", "--%w", err)
			}
		}
	}
	return o, nil
}
