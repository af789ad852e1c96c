package batches

import (
	"fmt"
	"net/http"
)

// RefusedError is an error with the body that the API sends for it.
type RefusedError struct {
	Status int
	Body   any // its JSON
	text   string
}

func (r *RefusedError) Error() string { return r.text }

// xaiError is the body of an error in xAI's dialect.
type xaiError struct {
	Code  string `json:"code"`
	Error string `json:"error"`
}

// openAIError is the body of an error in OpenAI's dialect.
type openAIError struct {
	Error openAIErrorDetail `json:"error"`
}

type openAIErrorDetail struct {
	Message string  `json:"message"`
	Type    string  `json:"type"`
	Param   *string `json:"param"`
	Code    *string `json:"code"`
}

// refusal returns an error in xAI's dialect, which is also that of calls of no dialect.
func refusal(status int, format string, args ...any) error {
	code := "invalid-argument"
	switch status {
	case http.StatusNotFound:
		code = "not-found"
	case http.StatusRequestEntityTooLarge:
		code = "resource-exhausted"
	}
	text := fmt.Sprintf(format, args...)
	return &RefusedError{status, xaiError{code, text}, text}
}

func invalid(format string, args ...any) error {
	return refusal(http.StatusBadRequest, format, args...)
}

func notFound(what, id string) error {
	return refusal(http.StatusNotFound, "There is no %s %s.", what, clip(id))
}

func tooLarge(format string, args ...any) error {
	return refusal(http.StatusRequestEntityTooLarge, format, args...)
}

// openAIRefusal returns an error in OpenAI's dialect. param names the field that it is about; empty for none.
func openAIRefusal(status int, param, format string, args ...any) error {
	detail := openAIErrorDetail{Message: fmt.Sprintf(format, args...), Type: "invalid_request_error"}
	if param != "" {
		detail.Param = &param
	}
	return &RefusedError{status, openAIError{detail}, detail.Message}
}

// clip shortens what a client sent, for an error.
func clip(s string) string { return fmt.Sprintf("%.200s", s) }
