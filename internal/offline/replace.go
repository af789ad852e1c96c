package offline

import (
	"net"
	"net/http"
	"strconv"
)

// replacement returns the answer that a fault sends in place of a reply; nil if none does.
func (x *exchange) replacement() answer {
	f := &x.faults
	if f.Refuses() {
		x.announceRetry()
	}
	all := f.Replacements()
	if all == nil {
		return nil
	}
	switch all[0] {
	case "reset":
		return resetConnection
	case "html":
		const page = "<!DOCTYPE html>\n<html><head><title>Bad gateway</title></head>" +
			"<body><h1>Bad gateway</h1></body></html>\n"
		return sendText(max(f.Status, http.StatusOK), "text/html; charset=utf-8", page)
	case "status":
		return refuse(statusError(f.Status))
	case "credits":
		status, _ := strconv.Atoi(f.Credits)
		return refuse(creditsSpent(status))
	case "blocked":
		return refuse(blocked(f.Blocked))
	case "empty":
		return func(x *exchange) { x.w.WriteHeader(http.StatusOK) }
	case "garbage":
		return sendText(http.StatusOK, "application/json", `{"id":"offline","choices":[{"index":0,"mess`+"\x00\xff")
	}
	return sendJSON(unavailable())
}

// resetConnection ends the connection without a byte, by a TCP reset if there is a socket.
func resetConnection(x *exchange) {
	conn, _, err := http.NewResponseController(x.w).Hijack()
	if err != nil {
		x.abort()
	}
	if tcp, ok := conn.(*net.TCPConn); ok {
		// If this fails, the connection still ends without a reply.
		_ = tcp.SetLinger(0)
	}
	_ = conn.Close()
}
