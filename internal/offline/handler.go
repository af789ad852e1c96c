// Package offline is a chat completions endpoint that lives in this process: the wire of xAI's API without a key and
// without a network.
//
// Handler is the endpoint, an ordinary http.Handler. Transport carries requests to one without a socket, so that a client
// built for the network speaks to it unchanged. Nothing here reads a clock, a random source or the environment: the same
// request gets the same reply, byte for byte, on every machine.
package offline

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
)

// maxBody is the largest request body that is read: some twenty pictures of the largest size, in base64.
const maxBody = 512 << 20

// Handler returns the endpoint. It serves POST /v1/chat/completions, GET /v1/models and GET /v1/models/{id}; host, scheme,
// query and Authorization header are not looked at. Any other route is a 404, any other method a 405, a body over 512 MiB
// a 413; no request makes it panic.
//
// The model echo, and every name that begins with "grok-", repeats the text of the last user message. In a reply, id and the
// x-request-id header are the two halves of the body's SHA-256 (the header alone has that of method and path where no body
// was read), created is always 2026-01-01T00:00:00Z, a token is a word with the white space before it, a picture is 256
// tokens, and the cost is that of a pretended price.
func Handler() http.Handler { return endpoint{maxBody: maxBody} }

type endpoint struct{ maxBody int64 }

func (e endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	setRequestID(w, sha256.Sum256([]byte(r.Method+" "+r.URL.Path)))
	serve, method := e.route(r.URL.Path)
	switch {
	case serve == nil:
		fail(w, noRoute())
	case r.Method != method:
		w.Header().Set("Allow", method)
		fail(w, badMethod(r.Method))
	default:
		serve(w, r)
	}
}

// route finds what serves a path, and the one method that the path takes.
func (e endpoint) route(path string) (serve http.HandlerFunc, method string) {
	switch {
	case path == "/v1/chat/completions":
		return e.complete, http.MethodPost
	case path == "/v1/models":
		return listModels, http.MethodGet
	case strings.HasPrefix(path, "/v1/models/") && path != "/v1/models/":
		return showModel, http.MethodGet
	default:
		return nil, ""
	}
}

func (e endpoint) complete(w http.ResponseWriter, r *http.Request) {
	body, err := e.read(w, r)
	if err != nil {
		fail(w, err)
		return
	}
	sum := sha256.Sum256(body)
	setRequestID(w, sum)
	q, err := decode(body)
	if err == nil {
		err = q.check()
	}
	if err != nil {
		fail(w, err)
		return
	}
	a := newAnswer(q, uuid(sum[:16]))
	if q.stream {
		a.stream(r.Context(), w, q.includeUsage)
		return
	}
	a.write(w)
}

// read returns the whole body.
func (e endpoint) read(w http.ResponseWriter, r *http.Request) ([]byte, error) {
	const what = "Failed to buffer the request body"
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

// An apiError is a refusal as xAI words it: {"code","error"} or, where there is no code, the bare text that its web
// framework answers before the API sees the request.
type apiError struct {
	status     int
	code, text string
}

func (e *apiError) Error() string { return e.text }

func invalid(format string, args ...any) error {
	return &apiError{http.StatusBadRequest, "invalid-argument", fmt.Sprintf(format, args...)}
}

func noRoute() error {
	return &apiError{
		http.StatusNotFound, "not-found",
		"No handler found on route. Please double check your URL and consult https://api.x.ai/docs for more information.",
	}
}

func badMethod(method string) error {
	return &apiError{
		http.StatusMethodNotAllowed, "method-not-allowed",
		fmt.Sprintf("The method %s is not allowed on this route.", clip(method)),
	}
}

func noModel(name string) error {
	return &apiError{
		http.StatusNotFound, "not-found",
		fmt.Sprintf("The model %s does not exist or your team does not have access to it. Please ensure you're using the correct "+
			"API key. If you believe this is a mistake, please contact support and quote your team ID and the model name.", clip(name)),
	}
}

func fail(w http.ResponseWriter, err error) {
	refused, ok := errors.AsType[*apiError](err)
	if !ok {
		refused = &apiError{http.StatusBadRequest, "invalid-argument", err.Error()}
	}
	if refused.code == "" {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(refused.status)
		_, _ = io.WriteString(w, refused.text) // whoever can't be written to has gone, and there is nobody else to tell
		return
	}
	sendJSON(w, refused.status, struct {
		Code  string `json:"code"`
		Error string `json:"error"`
	}{refused.code, refused.text})
}

func sendJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(encode(v)) // as in fail
}

// encode is json.Marshal without its escapes for HTML, which xAI's server doesn't write either.
func encode(v any) []byte {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // only types of this package come here, and each of them has a JSON form
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
}

func setRequestID(w http.ResponseWriter, sum [sha256.Size]byte) {
	w.Header().Set("X-Request-Id", uuid(sum[16:]))
}

// uuid prints 16 bytes in the form of xAI's ids.
func uuid(b []byte) string {
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:16])
}
