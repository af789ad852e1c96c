package offline

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
)

func writeError(w http.ResponseWriter, err error) {
	e := asAPIError(err)
	switch {
	case e.bare:
		writeJSON(w, e.status, e.text)
	case e.code == "":
		writeText(w, e.status, "text/plain; charset=utf-8", e.text)
	default:
		writeJSON(w, e.status, errorBody{e.code, e.text})
	}
}

func writeJSON(w http.ResponseWriter, status int, v any) {
	writeText(w, status, "application/json", string(encode(v)))
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
