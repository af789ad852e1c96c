package offline

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"

	"github.com/chatcmpl/chatcmpl/internal/batches"
	"github.com/chatcmpl/chatcmpl/internal/faults"
)

// batchRoutes returns the routes of the Batch API.
func (e *Endpoint) batchRoutes() []apiRoute {
	var rows []apiRoute
	for _, rt := range e.batches.Routes() {
		rows = append(rows, apiRoute{
			method: rt.Method, path: rt.Path, json: rt.JSON, parameters: rt.Parameters,
			serve: func(x *exchange) answer { return x.batchAnswer(&rt) },
		})
	}
	return rows
}

// batchAnswer decides how a call of the Batch API is answered. A fault that interrupts the answer comes when the call has
// had its effect: a batch may exist although its client never heard of it.
func (x *exchange) batchAnswer(rt *batches.Route) answer {
	x.has |= faults.Batch | faults.Reply
	if rt.Records {
		x.has |= faults.Chat | faults.Completion | faults.Model | faults.Lorem | faults.Schema | faults.Logprobs
	}
	return func(x *exchange) {
		a, err := rt.Serve(&batches.Call{
			Request: x.r, ID: x.id, JSON: x.body, Unique: x.identity.replyID(), Settings: x.session.Settings,
		})
		if err != nil {
			writeError(x.w, err)
			return
		}
		x.send(a)
	}
}

// send sends an answer, or as much of it as the fault lets through.
func (x *exchange) send(a *batches.Answer) {
	how, _ := x.faults.Interruption(false, 0)
	if how == faults.Failed {
		writeJSON(x.w, http.StatusOK, unavailable())
		return
	}
	x.w.Header().Set("Content-Type", a.Type)
	size := a.Size / 2
	if how == faults.Uninterrupted {
		size = a.Size
		x.w.Header().Set("Content-Length", strconv.FormatInt(size, 10))
	}
	x.w.WriteHeader(http.StatusOK)
	if _, err := io.CopyN(x.w, a, size); err != nil && !errors.Is(err, http.ErrBodyNotAllowed) {
		x.abort()
	}
	if how != faults.Uninterrupted {
		x.breakOff(how)
	}
}

// answerer returns what answers the records of a batch as requests for chat completions.
func (e *Endpoint) answerer(ctx context.Context, set *faults.Settings) func(body []byte) batches.Reply {
	session := set.ForRecords()
	return func(body []byte) batches.Reply {
		w := &replyWriter{header: http.Header{}}
		r := (&http.Request{Header: http.Header{}}).WithContext(ctx)
		x := &exchange{w: w, r: r, session: session, body: body}
		x.identify(&e.occurrences)
		x.faults = session.FaultsFor(x.request)
		e.recordAnswer(x)(x)
		return batches.Reply{Status: w.status, RequestID: x.identity.requestID(), Body: w.body.Bytes(), CostTicks: x.cost}
	}
}

// recordAnswer decides how a record is answered: as a request of its own, except that it can't be streamed or deferred.
func (e *Endpoint) recordAnswer(x *exchange) answer {
	q, err := e.readRequest(x)
	switch {
	case err != nil:
		return refuse(err)
	case q.stream || q.deferred:
		return refuse(invalidContent("a request of a batch can't be streamed or deferred."))
	}
	return e.complete(x, q)
}

// replyWriter is an http.ResponseWriter that keeps the response.
type replyWriter struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *replyWriter) Header() http.Header { return w.header }

func (w *replyWriter) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

func (w *replyWriter) Write(p []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(p)
}
