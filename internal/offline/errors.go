package offline

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
)

// An apiError is a refusal as xAI words it: {"code","error"} or, where there is no code, the bare text that its web
// framework answers before the API sees the request, or a bare JSON string.
type apiError struct {
	status     int
	code, text string
	bare       bool
}

func (e *apiError) Error() string { return e.text }

type errorBody struct {
	Code  string `json:"code"`
	Error string `json:"error"`
}

func invalid(format string, args ...any) error {
	return &apiError{status: http.StatusBadRequest, code: "invalid-argument", text: fmt.Sprintf(format, args...)}
}

func noRoute() error {
	return &apiError{
		status: http.StatusNotFound, code: "not-found",
		text: "No handler found on route. Please double check your URL and consult https://api.x.ai/docs for more information.",
	}
}

func badMethod(method string) error {
	return &apiError{
		status: http.StatusMethodNotAllowed, code: "method-not-allowed",
		text: fmt.Sprintf("The method %s is not allowed on this route.", clip(method)),
	}
}

func noModel(name string) error {
	return &apiError{
		status: http.StatusNotFound, code: "not-found",
		text: fmt.Sprintf("The model %s does not exist or your team does not have access to it. Please ensure you're using the correct "+
			"API key. If you believe this is a mistake, please contact support and quote your team ID and the model name.", clip(name)),
	}
}

func fail(w http.ResponseWriter, err error) {
	refused, ok := errors.AsType[*apiError](err)
	if !ok {
		refused = &apiError{status: http.StatusBadRequest, code: "invalid-argument", text: err.Error()}
	}
	switch {
	case refused.bare:
		sendJSON(w, refused.status, refused.text)
	case refused.code == "":
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(refused.status)
		put(w, refused.text)
	default:
		sendJSON(w, refused.status, errorBody{refused.code, refused.text})
	}
}

func sendJSON(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_, _ = w.Write(encode(v)) // as in put
}

// encode is json.Marshal without its escapes for HTML, which xAI's server doesn't write either.
func encode(v any) []byte {
	var buf bytes.Buffer
	buf.Grow(512)
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // only types of this package come here, and each of them has a JSON form
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
}
