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
)

// exchange is one HTTP request and its response.
type exchange struct {
	w       http.ResponseWriter
	r       *http.Request
	session *session
	id      string // that ends the path
	body    []byte
	digest  digest
	fault   fault
}

// authorize refuses a request without the key, if there is one. The session's key wins.
func (x *exchange) authorize(key string) error {
	if x.session.key != "" {
		key = x.session.key
	}
	got, given := strings.CutPrefix(x.r.Header.Get("Authorization"), "Bearer ")
	switch {
	case key == "" || got == key:
		return nil
	case !given || got == "":
		return noCredentials()
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

// identify sets the digest: that of the body, or of method and path if no body was read.
func (x *exchange) identify() {
	content := x.body
	if content == nil {
		content = []byte(x.r.Method + " " + x.r.URL.Path)
	}
	x.digest = sha256.Sum256(content)
	x.w.Header().Set("X-Request-Id", x.digest.requestID())
}

// announceRetry sends the Retry-After that is set.
func (x *exchange) announceRetry() {
	if x.session.retryAfter != "" {
		x.w.Header().Set("Retry-After", x.session.retryAfter)
	}
}

// announceLimits sends what remains of the rate limits.
func (x *exchange) announceLimits(usedTokens int) {
	const tokens = 10_000_000
	limit, remaining := x.session.quota()
	for name, n := range map[string]int{
		"X-Ratelimit-Limit-Requests":     limit,
		"X-Ratelimit-Remaining-Requests": remaining,
		"X-Ratelimit-Limit-Tokens":       tokens,
		"X-Ratelimit-Remaining-Tokens":   max(0, tokens-usedTokens),
	} {
		x.w.Header().Set(name, strconv.Itoa(n))
	}
}

// pause waits for a time in a range, which depends on the seed, the request and the place in its reply. It aborts the
// exchange if the client has gone.
func (x *exchange) pause(between span, place int) {
	wait := between.least
	if more := between.most - between.least; more > 0 {
		source := rand.NewPCG(x.session.seed+uint64(place), uint64(x.digest[0])<<8|uint64(x.digest[1]))
		wait += time.Duration(rand.New(source).Int64N(int64(more) + 1)) //nolint:gosec // it must be repeatable, not secret
	}
	ctx := x.r.Context()
	if wait > 0 {
		timer := time.NewTimer(wait)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
		}
	}
	if ctx.Err() != nil {
		x.abort()
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
func (x *exchange) breakOff(how interruption) {
	x.flush()
	if how == stalled {
		<-x.r.Context().Done()
	}
	x.abort()
}

func (x *exchange) abort() { panic(http.ErrAbortHandler) }
