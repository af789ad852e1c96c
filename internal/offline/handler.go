// Package offline is a chat completions endpoint that lives in this process: the wire of xAI's API without a key and
// without a network.
//
// Endpoint is an ordinary http.Handler. Nothing here reads a random source or the environment, and a clock only where a setting
// asks for time: the same request gets the same reply, byte for byte, on every machine.
//
// A request goes through it like this: its query finds a scene (what is set, and what is remembered of the requests before),
// which may refuse it, hold it up or have trouble befall it; its body becomes a request that is checked as xAI checks it; a
// rule, a tool, a schema or the model's own habit says something; and that is written as one object or as a stream.
package offline

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"mime"
	"net/http"
	"net/url"
	"strings"
)

// maxBody is the largest request body that is read: some twenty pictures of the largest size, in base64.
const maxBody = 512 << 20

// Endpoint serves POST /v1/chat/completions, GET /v1/chat/deferred-completion/{id}, GET /v1/models and GET /v1/models/{id};
// host and scheme are not looked at, the Authorization header only where a key is set. Any other route is a 404, any other
// method a 405, another type of body than JSON a 415, a body over 512 MiB a 413; no request makes it panic but by
// http.ErrAbortHandler, where the connection is to be cut or the client has gone.
//
// The model echo, and every name that begins with "grok-", repeats the text of the last user message, and lorem says words.
// A request with tools is answered with calls of those that this text names, and one that ends with tool messages with what
// they hold. In a reply, id and the x-request-id header are the two halves of the body's SHA-256 (the header alone has that of
// method and path where no body was read), created is always 2026-01-01T00:00:00Z, a token is a word with the white space
// before it, a picture is 256 tokens, and the cost is that of a pretended price.
type Endpoint struct {
	maxBody  int64
	key      string
	replies  *Replies
	scenes   scenes
	deferred deferred
}

// Options are what an endpoint may be told.
type Options struct {
	// Settings are knobs that hold for all requests whose query does not set them. They must have passed Check.
	Settings url.Values
	// Key is the key that requests must bear where the setting key names no other; empty for none.
	Key string
	// Replies are answered before the models answer; nil for none.
	Replies *Replies
}

// New returns an endpoint.
func New(o Options) *Endpoint {
	return &Endpoint{maxBody: maxBody, key: o.Key, replies: o.Replies, scenes: scenes{common: o.Settings}}
}

// A visit is one request on its way through the endpoint.
type visit struct {
	w       http.ResponseWriter
	r       *http.Request
	scene   *scene
	body    []byte
	sum     digest
	trouble trouble
}

// digest is that of the body, or of method and path where no body was read.
func (v *visit) digest() digest {
	if v.body == nil {
		return sha256.Sum256([]byte(v.r.Method + " " + v.r.URL.Path))
	}
	return sha256.Sum256(v.body)
}

// ServeHTTP implements http.Handler.
func (e *Endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	v := &visit{w: w, r: r}
	serve, err := e.admit(v)
	v.sum = v.digest()
	w.Header().Set("X-Request-Id", v.sum.requestID())
	if err != nil {
		fail(w, err)
		return
	}
	leave, err := v.scene.enter()
	defer leave()
	if err != nil {
		if v.scene.retryAfter != "" {
			w.Header().Set("Retry-After", v.scene.retryAfter)
		}
		fail(w, err)
		return
	}
	v.pause(v.scene.latency, 0)
	v.trouble = v.scene.befalls(v.sum)
	if !v.trouble.instead(w, v.scene.retryAfter) {
		serve(v)
	}
}

// pause waits for a time of a span. A client that has gone meanwhile gets no reply.
func (v *visit) pause(between span, place int) {
	v.scene.pause(v.r.Context(), between, v.sum, place)
	if v.r.Context().Err() != nil {
		panic(http.ErrAbortHandler)
	}
}

// admit finds what serves a request, and reads its body.
func (e *Endpoint) admit(v *visit) (serve func(*visit), err error) {
	serve, method := e.route(v.r.URL.Path)
	switch {
	case serve == nil:
		return nil, noRoute()
	case v.r.Method != method:
		v.w.Header().Set("Allow", method)
		return nil, badMethod(v.r.Method)
	}
	if v.scene, err = e.scenes.of(v.r.URL.RawQuery); err != nil {
		return nil, invalid("%v", err)
	}
	if err := e.authorize(v); err != nil {
		return nil, err
	}
	if method == http.MethodPost {
		v.body, err = e.read(v.w, v.r)
	}
	return serve, err
}

// route finds what serves a path, and the one method that the path takes.
func (e *Endpoint) route(path string) (serve func(*visit), method string) {
	switch {
	case path == "/v1/chat/completions":
		return e.complete, http.MethodPost
	case strings.HasPrefix(path, deferredPath) && path != deferredPath:
		return e.poll, http.MethodGet
	case path == "/v1/models":
		return e.listModels, http.MethodGet
	case strings.HasPrefix(path, "/v1/models/") && path != "/v1/models/":
		return e.showModel, http.MethodGet
	default:
		return nil, ""
	}
}

// authorize refuses a request without the key where one is set.
func (e *Endpoint) authorize(v *visit) error {
	want := e.key
	if v.scene.key != "" {
		want = v.scene.key
	}
	got, bears := strings.CutPrefix(v.r.Header.Get("Authorization"), "Bearer ")
	switch {
	case want == "", got == want:
		return nil
	case !bears || got == "":
		return &apiError{status: http.StatusUnauthorized, code: "unauthenticated:no-credentials", text: "No credentials presented."}
	}
	return invalid("Incorrect API key provided: %s. You can obtain an API key from https://console.x.ai.", hideMiddle(got))
}

// hideMiddle shows the two ends of a key, as xAI does.
func hideMiddle(key string) string {
	if len(key) < 8 {
		return "***"
	}
	return key[:2] + "***" + key[len(key)-2:]
}

func (e *Endpoint) complete(v *visit) {
	q, err := decode(v.body)
	if err == nil {
		err = q.check()
	}
	if err == nil {
		err = e.checkModel(q.model)
	}
	if err != nil {
		fail(v.w, err)
		return
	}
	e.answer(v, q)
}

// answer says something to a request that was checked.
func (e *Endpoint) answer(v *visit, q *request) {
	var said *said
	var err error
	switch r := e.replies.find(q.model, q.last("user").text); {
	case r == nil:
		said, err = q.say(v)
	case r.failure != nil:
		r.failure.write(v.w)
		return
	default:
		said = r.said
	}
	if err != nil {
		fail(v.w, err)
		return
	}
	a := newAnswer(q, v.sum.replyID(), said)
	limitHeaders(v, a)
	switch {
	case q.deferred:
		e.deferred.keep(a)
		sendJSON(v.w, http.StatusOK, map[string]string{"request_id": a.id})
	case q.stream:
		a.stream(v, q.includeUsage)
	default:
		a.write(v)
	}
}

// read returns the whole body.
func (e *Endpoint) read(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	const what = "Failed to buffer the request body"
	if kind, _, err := mime.ParseMediaType(r.Header.Get("Content-Type")); err != nil || kind != "application/json" {
		return nil, &apiError{status: http.StatusUnsupportedMediaType, text: "Expected request with `Content-Type: application/json`"}
	}
	tooLarge := &apiError{status: http.StatusRequestEntityTooLarge, text: what + ": length limit exceeded"}
	if r.ContentLength > e.maxBody {
		return nil, tooLarge
	}
	var buf bytes.Buffer
	if r.ContentLength > 0 {
		// The room that ReadFrom wants to see at the end: without it the buffer is doubled for nothing.
		buf.Grow(int(r.ContentLength) + bytes.MinRead)
	}
	_, err := buf.ReadFrom(http.MaxBytesReader(w, r.Body, e.maxBody))
	if _, over := errors.AsType[*http.MaxBytesError](err); over {
		return nil, tooLarge
	}
	if err != nil {
		return nil, &apiError{status: http.StatusBadRequest, text: what + ": " + err.Error()}
	}
	return buf.Bytes(), nil
}
