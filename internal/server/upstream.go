package server

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/cassette"
	"github.com/chatcmpl/chatcmpl/internal/connect"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/proxy"
)

// forwarder makes the handler that forwards requests to the upstream, and keeps exchanges if a file is named for them. lost
// returns why an exchange could not be kept; nil if none was lost.
func (o *Options) forwarder(ctx context.Context, con *console.Console) (handler http.Handler, lost func() error, err error) {
	to, err := o.Connect.Upstream(con, o.Upstream)
	if err != nil {
		return nil, nil, err
	}
	raw, decoded, err := o.Connect.Forwarder(ctx, con, to)
	if err != nil {
		return nil, nil, err
	}
	forward := proxy.Options{
		Upstream: to.Base, Prefix: "/v1", Transport: raw, Keeps: isKept,
		Admit:  func(r *http.Request) error { return o.Connect.Admit(con, to, r) },
		Failed: func(w http.ResponseWriter, r *http.Request, err error) { notForwarded(con, w, r, err) },
		Log:    con.DetailLog(),
	}
	taped, unwritten, err := connect.Tape(con, &o.Connect, to.Base, decoded, proxy.ErrClientGone)
	if err != nil {
		return nil, nil, err
	}
	if taped != decoded {
		forward.Keeper = taped
	}
	return proxy.New(forward), overSignal(unwritten), nil
}

// isKept reports whether the exchanges of a path, which is relative to the base URL, are kept.
func isKept(path string) bool {
	return path == "/chat/completions" || path == "/models" || strings.HasPrefix(path, "/models/")
}

// notForwarded tells a client that the upstream, or the file of exchanges, has no answer for it.
func notForwarded(con *console.Console, w http.ResponseWriter, r *http.Request, err error) {
	if r.Context().Err() != nil {
		panic(http.ErrAbortHandler) // the client has gone
	}
	status, code, message := http.StatusBadGateway, "upstream_unreachable", "no answer from the upstream: "+api.PlainCause(err)
	if local, ok := errors.AsType[*api.LocalError](err); ok {
		code, message = "unreadable_reply", local.Error()
	}
	if _, ok := errors.AsType[*cassette.FileError](err); ok {
		status, code = http.StatusInternalServerError, "file_of_exchanges"
	}
	message = con.Redactor.String(message)
	con.Note("%s", message)
	proxy.Fail(w, status, code, message)
}
