package offline

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"math/rand/v2"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/faults"
)

// exchange is one HTTP request and its response.
type exchange struct {
	w        http.ResponseWriter
	r        *http.Request
	session  *faults.Session
	id       string // that ends the path
	body     []byte
	request  faults.Digest
	identity identity
	faults   faults.Faults

	has       faults.Needs // what the answer has
	deltas    int          // of content and of tool calls that the answer has
	cost      int          // of the completion, in ticks
	streaming bool         // the header of a stream was sent
	comments  int          // that kept the connection alive
}

// authorize refuses a request without the key, if there is one. The session's key wins.
func (x *exchange) authorize(key string) error {
	if x.session.Key != "" {
		key = x.session.Key
	}
	got, given := strings.CutPrefix(x.r.Header.Get("Authorization"), "Bearer ")
	switch {
	case key == "":
		return nil
	case !given || got == "":
		return noCredentials()
	case got == key:
		return nil
	}
	return wrongKey(got)
}

// readBody reads the whole body, up to a limit. An empty body counts as one of no type.
func (x *exchange) readBody(limit int64) error {
	const prefix = "Failed to buffer the request body: "
	notJSON := newError(http.StatusUnsupportedMediaType, "", "Expected request with `Content-Type: application/json`")
	if kind, _, err := mime.ParseMediaType(x.r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return notJSON
	}
	tooLarge := newError(http.StatusRequestEntityTooLarge, "", prefix+"length limit exceeded")
	if x.r.ContentLength > limit {
		return tooLarge
	}
	var buf bytes.Buffer
	if x.r.ContentLength > 0 {
		// ReadFrom doubles a buffer that has less room than this at the end.
		buf.Grow(int(x.r.ContentLength) + bytes.MinRead)
	}
	_, err := buf.ReadFrom(http.MaxBytesReader(x.w, x.r.Body, limit))
	if _, over := errors.AsType[*http.MaxBytesError](err); over {
		return tooLarge
	}
	if err != nil {
		return newError(http.StatusBadRequest, "", prefix+"%v", err)
	}
	if buf.Len() == 0 {
		return notJSON
	}
	x.body = buf.Bytes()
	return nil
}

// identify sets the digest of the body, or of method and path if no body was read, and what ids are made of.
func (x *exchange) identify(all *occurrences) {
	content := x.body
	if content == nil {
		content = []byte(x.r.Method + " " + x.r.URL.Path)
	}
	x.request = sha256.Sum256(content)
	x.identity = all.identify(x.request)
	x.w.Header().Set("X-Request-Id", x.identity.requestID())
}

// announceRetry sends the Retry-After that is set.
func (x *exchange) announceRetry() {
	if x.session.RetryAfter != "" {
		x.w.Header().Set("Retry-After", x.session.RetryAfter)
	}
}

// announceLimits sends what remains of the rate limits.
func (x *exchange) announceLimits(usedTokens int) {
	requests, tokens := x.session.Quotas(usedTokens)
	for name, n := range map[string]int{
		"X-Ratelimit-Limit-Requests":     requests.Limit,
		"X-Ratelimit-Remaining-Requests": requests.Remaining,
		"X-Ratelimit-Limit-Tokens":       tokens.Limit,
		"X-Ratelimit-Remaining-Tokens":   tokens.Remaining,
	} {
		x.w.Header().Set(name, strconv.Itoa(n))
	}
}

// NotApplied is the header that names the settings that can't apply to an answer.
const NotApplied = "X-Chatcmpl-Not-Applied"

// announceNotApplied names the settings that can't apply to the answer.
func (x *exchange) announceNotApplied() {
	names := x.session.NotApplied(faults.Answer{Faults: &x.faults, Has: x.has, Deltas: x.deltas})
	if names != nil {
		x.w.Header().Set(NotApplied, strings.Join(names, ", "))
	}
}

// begin waits before the answer. A stream that is kept alive begins before it.
func (x *exchange) begin() {
	if x.has&faults.Stream != 0 && x.session.KeepAlive > 0 {
		x.startStream()
	}
	x.pause(x.session.Latency, 0)
}

// startStream sends the header of a stream, unless it was sent.
func (x *exchange) startStream() {
	if x.streaming {
		return
	}
	x.streaming = true
	x.w.Header().Set("Content-Type", "text/event-stream")
	x.w.Header().Set("Cache-Control", "no-cache")
	x.flush()
}

// endStream names what the stream had no use for. The header was sent long ago; the log still reads it.
func (x *exchange) endStream() {
	if x.session.KeepAlive > 0 && x.comments == 0 {
		names := append(x.w.Header()[NotApplied], "keep-alive")
		x.w.Header().Set(NotApplied, strings.Join(names, ", "))
	}
}

// pause waits for a time in a range, which depends on the seed, the request and the place in its reply. It aborts the
// exchange if the client has gone.
func (x *exchange) pause(between faults.Span, place int) {
	wait := between.Least
	if more := between.Most - between.Least; more > 0 {
		source := rand.NewPCG(x.session.Seed+uint64(place), uint64(x.request[0])<<8|uint64(x.request[1]))
		wait += time.Duration(rand.New(source).Int64N(int64(more) + 1)) //nolint:gosec // it must be repeatable, not secret
	}
	if wait > 0 {
		x.sleep(wait)
	}
	if x.r.Context().Err() != nil {
		x.abort()
	}
}

// sleep waits until the time is over or the client has gone. Comments keep a stream alive meanwhile.
func (x *exchange) sleep(wait time.Duration) {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	var alive <-chan time.Time
	if x.streaming && x.session.KeepAlive > 0 {
		ticker := time.NewTicker(x.session.KeepAlive)
		defer ticker.Stop()
		alive = ticker.C
	}
	for {
		select {
		case <-timer.C:
			return
		case <-x.r.Context().Done():
			return
		case <-alive:
			x.comments++
			x.write([]byte(": keep-alive\n\n"))
			x.flush()
		}
	}
}

// write writes a piece of the response, and aborts the exchange if the client has gone.
func (x *exchange) write(piece []byte) {
	if _, err := x.w.Write(piece); err != nil {
		x.abort()
	}
}

// flush sends what was written. A writer that can't flush holds nothing back.
func (x *exchange) flush() {
	if err := http.NewResponseController(x.w).Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		x.abort()
	}
}

// breakOff ends the response in the middle: at once, or if it is stalled, once the client has gone.
func (x *exchange) breakOff(how faults.Interruption) {
	x.flush()
	if how == faults.Stalled {
		<-x.r.Context().Done()
	}
	x.abort()
}

func (x *exchange) abort() { panic(http.ErrAbortHandler) }
