package offline

import (
	"fmt"
	"io"
	"net"
	"net/http"
)

// trouble is what goes wrong with one request.
type trouble struct {
	status                             int // 0 for none
	reset, empty, html, garbage, fault bool
	cut, broken, stall                 int // after so many content deltas; none for never
}

const none = -1

// calm is no trouble.
func calm() trouble { return trouble{cut: none, broken: none, stall: none} }

// instead answers in place of the reply; false where there is to be one.
func (t *trouble) instead(w http.ResponseWriter, retryAfter string) bool {
	if t.status != 0 && retryAfter != "" {
		w.Header().Set("Retry-After", retryAfter)
	}
	switch {
	case t.reset:
		reset(w)
	case t.html:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		w.WriteHeader(max(t.status, http.StatusOK))
		put(w, "<!DOCTYPE html>\n<html><head><title>Bad gateway</title></head><body><h1>Bad gateway</h1></body></html>\n")
	case t.status != 0:
		fail(w, statusError(t.status))
	case t.empty:
		w.WriteHeader(http.StatusOK)
	case t.garbage:
		w.Header().Set("Content-Type", "application/json")
		put(w, `{"id":"offline","choices":[{"index":0,"mess`+"\x00\xff")
	case t.fault:
		sendJSON(w, http.StatusOK, unavailable())
	default:
		return false
	}
	return true
}

// whole does to a reply in one piece what happens in the midst of a stream; false where nothing does.
func (t *trouble) whole(v *visit, pieces [][]byte) bool {
	switch {
	case t.broken != none:
		sendJSON(v.w, http.StatusOK, unavailable())
	case t.cut != none, t.stall != none:
		v.w.Header().Set("Content-Type", "application/json")
		_, _ = v.w.Write(pieces[0]) // as in put
		_, _ = v.w.Write(pieces[1][:len(pieces[1])/2])
		// A writer that can't flush keeps nothing back.
		_ = http.NewResponseController(v.w).Flush()
		if t.cut == none {
			<-v.r.Context().Done()
		}
		panic(http.ErrAbortHandler)
	default:
		return false
	}
	return true
}

// strike has the trouble happen to a stream whose moment has come.
func (t *trouble) strike(s *streamer) {
	switch s.deltas {
	case t.broken:
		s.send(encode(unavailable()))
		s.ended = true
	case t.cut:
		s.flush()
		panic(http.ErrAbortHandler)
	case t.stall:
		s.flush()
		<-s.v.r.Context().Done()
		panic(http.ErrAbortHandler)
	}
}

// reset ends the connection without a byte, by a TCP reset where there is a socket.
func reset(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		// Where it fails, the connection still ends without an answer.
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// statusError is what xAI says with a status, as far as it is known.
func statusError(status int) error {
	known := map[int]apiError{
		400: {code: "invalid-argument", text: "Invalid request content: this request is refused on demand."},
		401: {code: "unauthenticated:no-credentials", text: "No credentials presented."},
		403: {code: "permission-denied", text: "Content violates usage guidelines. Failed check: offline."},
		404: {code: "not-found", text: "The requested resource was not found. Please check the URL and try again."},
		410: {code: "gone", text: liveSearchGone},
		422: {text: "Failed to deserialize the JSON body into the target type: this request is refused on demand at line 1 column 1"},
		429: {code: "resource-exhausted", text: tooManyText("Requests per Minute", 2, 1)},
		503: {code: "The service is currently unavailable", text: "The model is at capacity. Please try again later."},
	}
	e, ok := known[status]
	if !ok {
		name := http.StatusText(status)
		if name == "" {
			name = fmt.Sprintf("status %d", status)
		}
		e = apiError{code: "internal", text: "The server answered on demand: " + name + "."}
	}
	e.status = status
	return &e
}

func tooMany(what string, actual, limit int) error {
	return &apiError{status: http.StatusTooManyRequests, code: "resource-exhausted", text: tooManyText(what, actual, limit)}
}

func tooManyText(what string, actual, limit int) string {
	return fmt.Sprintf("Too many requests for team offline. Your team's rate limit is - %s (actual/limit): %d/%d.", what, actual, limit)
}

// unavailable is the body of the error that xAI sends with a 200, or in the midst of a stream.
func unavailable() any {
	return errorBody{"The service is currently unavailable", "Timed out waiting for first token"}
}

// put writes to a client; whoever can't be written to has gone, and there is nobody else to tell.
func put(w io.Writer, text string) { _, _ = io.WriteString(w, text) }
