package queue

import (
	"net/http"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/batch"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// firstRecord judges the failures of the records that are sent before anything is uploaded.
type firstRecord struct {
	words string // of the last refusal
	count int    // how often they came one after the other
}

// maxSame is the number of records that may be refused in the same words before these are taken to be about all of them.
const maxSame = 10

// concernsAll reports whether the other records would fail in the same way, because the failure is not about the content of
// this one.
func (f *firstRecord) concernsAll(out *batch.Outcome, req *api.Request) bool {
	if out.Failure.Kind != failure.Refused {
		return true
	}
	if f.words != out.Failure.Message {
		f.words, f.count = out.Failure.Message, 0
	}
	f.count++
	return f.count >= maxSame || out.Status == http.StatusNotFound || namesSetting(out, req)
}

// namesSetting reports whether a refusal names the model, or a field of the request other than its messages.
func namesSetting(out *batch.Outcome, req *api.Request) bool {
	message := out.Failure.Message
	if model := req.Model(); model != "" && strings.Contains(message, model) {
		return true
	}
	body := rawjson.Known(out.Body)
	inner := body
	if e := rawjson.Known(body.Get("error")); len(e) > 0 {
		inner = e
	}
	if param, _ := rawjson.String(inner.Get("param")); param != "" {
		return !strings.HasPrefix(param, "messages")
	}
	words := strings.FieldsFunc(strings.ToLower(message), func(c rune) bool { return c != '_' && (c < 'a' || c > 'z') })
	for _, field := range req.Fields {
		name := strings.ToLower(field.Key)
		for _, word := range words {
			// xAI names some fields as Rust does: presencePenalty.
			if name != "model" && len(name) > 1 && (word == name || word == strings.ReplaceAll(name, "_", "")) {
				return true
			}
		}
	}
	return false
}
