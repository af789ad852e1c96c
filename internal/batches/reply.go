package batches

import (
	"encoding/json"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// Reply is the answer to the request of one record.
type Reply struct {
	Status    int
	RequestID string
	Body      []byte
	CostTicks int // of 10^-10 USD
}

// failed reports whether the API refused the record.
func (r *Reply) failed() bool { return r.Status >= 400 }

// json returns the body, or if it is not JSON a string that holds it.
func (r *Reply) json() json.RawMessage {
	if json.Valid(r.Body) {
		return r.Body
	}
	return encode(string(r.Body))
}

// reason returns the words of an error.
func (r *Reply) reason() string {
	if text, ok := rawjson.String(rawjson.Known(r.Body).Get("error")); ok {
		return text
	}
	return string(r.Body)
}
