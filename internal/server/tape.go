package server

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/cassette"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/proxy"
)

// recordingProxy passes requests on to a transport that keeps or answers them, and those of the Batch API to one that does
// not: what they ask for changes from one request to the next.
func recordingProxy(con *console.Console, base *url.URL, plain, taped http.RoundTripper) http.Handler {
	return proxy.New(proxy.Options{
		Upstream: base, Prefix: base.Path, Transport: plain, Keeper: taped, Log: con.DetailLog(),
		Keeps: func(path string) bool {
			return !strings.HasPrefix(path, "/files") && !strings.HasPrefix(path, "/batches")
		},
		Failed: func(w http.ResponseWriter, _ *http.Request, err error) { unanswered(con, w, err) },
	})
}

// unanswered tells a client that the file has no answer and how the nearest recorded request differs, or cuts the connection as
// the endpoint did.
func unanswered(con *console.Console, w http.ResponseWriter, err error) {
	miss, isMiss := errors.AsType[*cassette.MissError](err)
	local, isLocal := errors.AsType[*api.LocalError](err)
	switch {
	case isMiss:
		hint := "to record it, run serve once with --record " + console.Quote(miss.File) + " in place of --replay, and with --upstream for a real server"
		con.Note("%v", miss)
		con.Hint(hint)
		failUnanswered(w, http.StatusBadRequest, "unrecorded", miss.Error()+"; "+hint)
	case isLocal:
		con.Note("%v", local)
		failUnanswered(w, http.StatusInternalServerError, "file_of_exchanges", local.Error())
	default:
		panic(http.ErrAbortHandler)
	}
}

func failUnanswered(w http.ResponseWriter, status int, code, message string) {
	// Two texts always have a JSON form.
	body, _ := json.Marshal(map[string]string{"code": code, "error": message})
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	// A client that can't be written to has gone.
	_, _ = w.Write(body)
}
