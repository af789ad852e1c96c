package offline

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"strconv"

	"github.com/chatcmpl/chatcmpl/internal/batches"
)

// answer writes a response, once the wait before it is over.
type answer func(x *exchange)

func refuse(err error) answer { return func(x *exchange) { writeError(x.w, err) } }

func sendJSON(v any) answer { return func(x *exchange) { writeJSON(x.w, http.StatusOK, v) } }

func sendText(status int, contentType, text string) answer {
	return func(x *exchange) { writeText(x.w, status, contentType, text) }
}

func writeError(w http.ResponseWriter, err error) {
	if refused, ok := errors.AsType[*batches.RefusedError](err); ok {
		writeJSON(w, refused.Status, refused.Body)
		return
	}
	switch e := asAPIError(err); {
	case e.bare:
		writeJSON(w, e.status, e.text)
	case e.code == "":
		writeText(w, e.status, "text/plain; charset=utf-8", e.text)
	default:
		writeJSON(w, e.status, errorBody{e.code, e.text})
	}
}

// writeJSON writes a whole response. Its length stands in the header also where a HEAD request gets no more.
func writeJSON(w http.ResponseWriter, status int, v any) {
	text := string(encode(v))
	w.Header().Set("Content-Length", strconv.Itoa(len(text)))
	writeText(w, status, "application/json", text)
}

// writeText writes a whole response. An error in writing means that the client has gone, and there is nobody to tell.
func writeText(w http.ResponseWriter, status int, contentType, text string) {
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	_, _ = io.WriteString(w, text)
}

// encode returns the JSON of a value without escapes for HTML, which xAI's server does not write either.
func encode(v any) []byte {
	var buf bytes.Buffer
	buf.Grow(512)
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(v) // every value that comes here has a JSON form
	return bytes.TrimSuffix(buf.Bytes(), []byte("\n"))
}
