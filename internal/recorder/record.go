package recorder

import (
	"context"
	"errors"
	"fmt"
	"net/http"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/cassette"
	"github.com/chatcmpl/chatcmpl/internal/connect"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/proxy"
	"github.com/chatcmpl/chatcmpl/internal/session"
)

// openAIAPI is the default base URL for programs in other languages.
const openAIAPI = "https://api.openai.com/v1"

// Record runs a program and keeps its exchanges. Its errors are *EndedError and usage errors.
func Record(ctx context.Context, con *console.Console, o *Options) error {
	if err := o.check("record"); err != nil {
		return err
	}
	keeper := &session.Server{}
	to, handler, err := o.upstream(ctx, con, keeper)
	if err != nil {
		return err
	}
	file, err := o.openRecording()
	if err != nil {
		return err
	}
	keeper.Appender = &cassette.Appender{Name: file.name}
	h := &host{con: con, session: keeper, address: session.Address{Mode: cassette.Record, File: file.name}}
	h.foreign = func(prefix string) http.Handler { return handler(prefix, to, file.name) }
	started, lost, err := h.run(ctx, o)
	if !started {
		return errors.Join(err, file.discard())
	}
	if lost != nil {
		lost = fmt.Errorf("%s: not all exchanges were kept: %w", o.File, lost)
		con.Note("%v", lost)
	}
	if err == nil && lost != nil {
		err = &EndedError{kind: failure.Output}
	}
	return errors.Join(err, file.finish(con, err == nil))
}

// proxyFor makes the proxy to an endpoint, at a path, whose exchanges are kept in a file.
type proxyFor func(prefix string, to *connect.Endpoint, file string) http.Handler

// upstream returns where the requests of programs in other languages go, and what makes the proxy.
func (o *Options) upstream(ctx context.Context, con *console.Console, keeper *session.Server) (*connect.Endpoint, proxyFor, error) {
	from := ""
	if o.Connect.BaseURL == "" {
		o.Connect.BaseURL = openAIAPI
		if set := environment(o.Environ).get(openAIURL); set != "" {
			o.Connect.BaseURL, from = set, openAIURL
		}
	}
	to, err := o.Connect.Endpoint(con)
	if err != nil && from != "" {
		err = failure.BadUsage("such as "+openAIAPI, "%s: must be an http or https URL", from)
	}
	if err != nil {
		return nil, nil, err
	}
	raw, decoded, err := o.Connect.Forwarder(ctx, con, to)
	if err != nil {
		return nil, nil, err
	}
	return to, func(prefix string, to *connect.Endpoint, file string) http.Handler {
		tape := connect.NewCassette(con, cassette.Record, file, to.Base, decoded)
		tape.Store, tape.ClientGone = keeper, proxy.ErrClientGone
		f := forwarding(con, prefix)
		f.Upstream, f.Transport, f.Keeper, f.Failed = to.Base, raw, tape, unreachable(to)
		f.Admit = func(r *http.Request) error { return o.Connect.Admit(con, to, r) }
		return proxy.New(f)
	}, nil
}

// unreachable returns the function that answers a client if there was no response.
func unreachable(to *connect.Endpoint) func(http.ResponseWriter, *http.Request, error) {
	return func(w http.ResponseWriter, _ *http.Request, err error) {
		if local, ok := errors.AsType[*api.LocalError](err); ok {
			proxy.Fail(w, http.StatusBadGateway, "unreadable_reply", local.Error())
			return
		}
		proxy.Fail(w, http.StatusBadGateway, "upstream_unreachable", "can't reach "+to.Base.Host+": "+api.PlainCause(err))
	}
}
