package offline

import (
	"net"
	"net/http"
)

// fault describes what fails in an exchange.
type fault struct {
	status                                 int // 0 for none
	reset, empty, html, garbage, errorBody bool
	cutAfter, errorAfter, stallAfter       int // after so many content deltas, or never
}

const never = -1

func noFault() fault { return fault{cutAfter: never, errorAfter: never, stallAfter: never} }

// replaceReply answers in place of the reply, and reports whether it did.
func (f *fault) replaceReply(w http.ResponseWriter) bool {
	switch {
	case f.reset:
		resetConnection(w)
	case f.html:
		const page = "<!DOCTYPE html>\n<html><head><title>Bad gateway</title></head>" +
			"<body><h1>Bad gateway</h1></body></html>\n"
		writeText(w, max(f.status, http.StatusOK), "text/html; charset=utf-8", page)
	case f.status != 0:
		writeError(w, statusError(f.status))
	case f.empty:
		w.WriteHeader(http.StatusOK)
	case f.garbage:
		writeText(w, http.StatusOK, "application/json", `{"id":"offline","choices":[{"index":0,"mess`+"\x00\xff")
	case f.errorBody:
		writeJSON(w, http.StatusOK, unavailable())
	default:
		return false
	}
	return true
}

// resetConnection ends the connection without a byte, by a TCP reset if there is a socket.
func resetConnection(w http.ResponseWriter) {
	conn, _, err := http.NewResponseController(w).Hijack()
	if err != nil {
		panic(http.ErrAbortHandler)
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		// If this fails, the connection still ends without a reply.
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}

// interruption tells what ends a reply that has begun.
type interruption int

const (
	uninterrupted interruption = iota
	failed                     // an error follows
	cut                        // the connection breaks
	stalled                    // the connection stays, but nothing follows
)

// inStream returns what interrupts a stream after a number of content deltas.
func (f *fault) inStream(deltas int) interruption {
	switch deltas {
	case f.errorAfter:
		return failed
	case f.cutAfter:
		return cut
	case f.stallAfter:
		return stalled
	}
	return uninterrupted
}

// inBody returns what interrupts a reply in one piece, which has no deltas to count.
func (f *fault) inBody() interruption {
	switch {
	case f.errorAfter != never:
		return failed
	case f.cutAfter != never:
		return cut
	case f.stallAfter != never:
		return stalled
	}
	return uninterrupted
}
