package server

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/batches"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/offline"
	"github.com/chatcmpl/chatcmpl/internal/secret"
)

// logged is a handler that logs each answered request as a line on stderr.
type logged struct {
	http.Handler

	con  *console.Console
	json bool
}

// served is the log entry of a request.
type served struct {
	Time      string  `json:"time"`
	Method    string  `json:"method"`
	Path      string  `json:"path"`
	Status    int     `json:"status"`
	Bytes     int64   `json:"bytes"`
	Millis    float64 `json:"ms"`
	RequestID string  `json:"request_id"`
	// NotApplied names the settings that could not apply to the request.
	NotApplied string `json:"not_applied,omitempty"`
	// Broken reports whether the connection ended before the reply was complete.
	Broken bool `json:"broken,omitempty"`
}

func (l *logged) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	begin := time.Now()
	counting := &countingWriter{ResponseWriter: w}
	whole := false
	defer func() {
		l.log(&served{
			Time: begin.UTC().Format(time.RFC3339Nano), Method: r.Method, Path: l.path(r.URL), Status: counting.status,
			Bytes: counting.bytes, Millis: float64(time.Since(begin).Microseconds()) / 1000,
			RequestID: w.Header().Get("X-Request-Id"), NotApplied: w.Header().Get(offline.NotApplied), Broken: !whole,
		})
	}()
	l.Handler.ServeHTTP(counting, r)
	whole = counting.status != 0
}

// path returns the requested path and query on one line, with secrets redacted.
func (l *logged) path(u *url.URL) string {
	path := u.EscapedPath()
	if u.RawQuery != "" {
		path += "?" + secret.RedactQuery(u.RawQuery)
	}
	return l.con.OneLine(path, console.MaxLine)
}

func (l *logged) log(s *served) {
	if l.json {
		// All fields of served can be encoded as JSON.
		line, _ := json.Marshal(s)
		l.con.Line(string(line))
		return
	}
	text := fmt.Sprintf("%s %s %s %d %d bytes %.1f ms", s.Time, s.Method, s.Path, s.Status, s.Bytes, s.Millis)
	if s.NotApplied != "" {
		text += " not applied: " + s.NotApplied
	}
	if s.Broken {
		text += " broken off"
	}
	l.con.Line(text)
}

// ran is the log entry of a record that a batch has run.
type ran struct {
	Time      string `json:"time"`
	BatchID   string `json:"batch_id"`
	CustomID  string `json:"custom_id"`
	Status    int    `json:"status"`
	CostTicks int    `json:"cost_in_usd_ticks"`
}

// logRun logs a record that a batch has run. There is one line for each time that a record is paid.
func logRun(con *console.Console, asJSON bool, r batches.Run) {
	entry := ran{time.Now().UTC().Format(time.RFC3339Nano), r.BatchID, con.OneLine(r.CustomID, console.MaxLine), r.Status, r.CostTicks}
	if asJSON {
		// All fields of ran can be encoded as JSON.
		line, _ := json.Marshal(entry)
		con.Line(string(line))
		return
	}
	con.Line(fmt.Sprintf("%s %s record %s %d", entry.Time, entry.BatchID, entry.CustomID, entry.Status))
}

// countingWriter records the status and the size of a reply.
type countingWriter struct {
	http.ResponseWriter

	status int // 0 until the header is written, and if the connection is reset
	bytes  int64
}

func (c *countingWriter) WriteHeader(status int) {
	// Informational responses, such as 100, stand before the reply's own.
	if c.status == 0 && (status >= http.StatusOK || status == http.StatusSwitchingProtocols) {
		c.status = status
	}
	c.ResponseWriter.WriteHeader(status)
}

func (c *countingWriter) Write(p []byte) (int, error) {
	if c.status == 0 {
		c.status = http.StatusOK
	}
	n, err := c.ResponseWriter.Write(p)
	c.bytes += int64(n)
	return n, err
}

// Unwrap lets http.ResponseController find the writer, to flush or hijack the connection.
func (c *countingWriter) Unwrap() http.ResponseWriter { return c.ResponseWriter }
