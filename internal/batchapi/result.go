package batchapi

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
	"github.com/chatcmpl/chatcmpl/internal/reply"
)

// Result holds the outcome of one request.
type Result struct {
	// CustomID identifies the request; empty for a line that can't be read.
	CustomID string
	// Status and RequestID are those of the response; 0 and empty if they are not known.
	Status    int
	RequestID string
	// Body is the reply of a request that succeeded; nil for one that failed, whose error is Err.
	Body []byte
	Err  *reply.Error
}

// Reply returns the body of a request for so many choices on one line. If the choices are a transcript, which also holds tool
// calls, only the last one of the assistant is kept.
func (r *Result) Reply(choices int) []byte {
	body := r.Body
	if last := lastOfTranscript(body, choices); last != nil {
		body = rawjson.Known(body).With("choices", rawjson.Array([]json.RawMessage{last})).JSON()
	}
	line, err := rawjson.Compact(body)
	if err != nil {
		// The body is part of JSON that was read.
		return body
	}
	return line
}

// lastOfTranscript returns the last choice of the assistant; nil if the choices are no transcript.
func lastOfTranscript(body json.RawMessage, asked int) (last json.RawMessage) {
	choices, _ := rawjson.Elements(rawjson.Known(body).Get("choices"))
	isTranscript := len(choices) > max(1, asked)
	for _, choice := range choices {
		obj := rawjson.Known(choice)
		role := text(rawjson.Known(obj.Get("message")).Get("role"))
		if isAssistant(role) {
			last = choice
		} else {
			isTranscript = true
		}
	}
	if !isTranscript {
		return nil
	}
	return last
}

// isAssistant reports whether a role is that of the assistant, also as gRPC names it.
func isAssistant(role string) bool {
	return role == "" || strings.HasSuffix(strings.ToLower(role), "assistant")
}

// rpcError returns the error of a request that failed with a code of gRPC.
func rpcError(code int64, body json.RawMessage) *reply.Error {
	status, again := http.StatusBadRequest, false
	switch code {
	case 1: // canceled
		return notRun(body)
	case 10, 13, 14: // aborted, internal, unavailable
		status, again = http.StatusServiceUnavailable, true
	case 4: // deadline exceeded
		status, again = http.StatusRequestTimeout, true
	case 8: // resource exhausted
		status, again = http.StatusTooManyRequests, true
	case 5: // not found
		status = http.StatusNotFound
	case 7: // permission denied
		status = http.StatusForbidden
	case 16: // unauthenticated
		status = http.StatusUnauthorized
	case 2, 15: // unknown, data loss
		status = http.StatusInternalServerError
	}
	e := reply.ResultError(body, status, "")
	// No response had that status.
	e.Status, e.Retryable = 0, again
	return e
}

// notRun returns the error of a request that was not run, because its batch ended before.
func notRun(failed json.RawMessage) *reply.Error {
	words := text(rawjson.Known(failed).Get("message"))
	if words == "" {
		words = "the batch ended before it"
	}
	return reply.NewError(failure.Incomplete, nil, "no result: %s", words)
}

// codeError returns the error of a request that failed without a response. It is retryable if the code names a failure of the
// provider. A request that was not run, because the batch expired or was canceled, is incomplete.
func codeError(failed json.RawMessage) *reply.Error {
	code := strings.ToLower(text(rawjson.Known(failed).Get("code")))
	status := http.StatusBadRequest
	switch {
	case hasPart(code, "rate", "limit", "exhausted"):
		status = http.StatusTooManyRequests
	case hasPart(code, "expire", "cancel"):
		return notRun(failed)
	case hasPart(code, "timeout", "server", "internal", "unavailable", "overload"):
		status = http.StatusServiceUnavailable
	}
	e := reply.ResultError(failed, status, "")
	e.Status = 0
	return e
}

func hasPart(word string, parts ...string) bool {
	for _, part := range parts {
		if strings.Contains(word, part) {
			return true
		}
	}
	return false
}

// refused returns the error of a request that failed with words alone.
func refused(failed json.RawMessage) *reply.Error {
	e := reply.ResultError(failed, http.StatusBadRequest, "")
	e.Status = 0
	return e
}

// noReply returns the error of a result that holds neither a reply nor an error.
func noReply() *reply.Error {
	return reply.NewError(failure.Malformed, nil, "the result of the batch holds neither a reply nor an error")
}

// complains reports whether the value beside a response is an error: not null, {}, "" or one with an empty code and no message.
func complains(failed json.RawMessage) bool {
	if text(failed) != "" {
		return true
	}
	obj := rawjson.Known(failed)
	code := obj.Get("code")
	return text(obj.Get("message")) != "" || text(code) != "" || count(code) != 0
}
