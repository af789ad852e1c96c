package offline

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/chatcmpl/chatcmpl/internal/faults"
	"github.com/chatcmpl/chatcmpl/internal/picture"
	"github.com/chatcmpl/chatcmpl/internal/serde"
)

// apiError is an error as xAI words it. Most have a code. Those of the web framework, which rejects a request before
// the API sees it, are plain text without a code, and a few are a bare JSON string.
type apiError struct {
	status     int
	code, text string
	bare       bool
}

func (e *apiError) Error() string { return e.text }

func newError(status int, code, format string, args ...any) error {
	return &apiError{status: status, code: code, text: fmt.Sprintf(format, args...)}
}

// asAPIError returns an error as xAI words it. The web framework's own errors begin with what it was about to do.
func asAPIError(err error) *apiError {
	if e, ok := errors.AsType[*apiError](err); ok {
		return e
	}
	if _, ok := errors.AsType[*serde.SyntaxError](err); ok {
		return &apiError{status: http.StatusBadRequest, text: "Failed to parse the request body as JSON: " + err.Error()}
	}
	if _, ok := errors.AsType[*serde.MismatchError](err); ok {
		return &apiError{status: http.StatusUnprocessableEntity, text: mismatchPrefix + err.Error()}
	}
	if _, ok := errors.AsType[*picture.RefusedError](err); ok {
		return &apiError{status: http.StatusBadRequest, code: "invalid_image", text: err.Error()}
	}
	if e, ok := errors.AsType[*faults.LimitError](err); ok {
		return asAPIError(tooMany(e.What, e.Actual, e.Limit))
	}
	return &apiError{status: http.StatusBadRequest, code: "invalid-argument", text: err.Error()}
}

// errorBody is the JSON of an error that has a code.
type errorBody struct {
	Code  string `json:"code"`
	Error string `json:"error"`
}

func invalid(format string, args ...any) error {
	return newError(http.StatusBadRequest, "invalid-argument", format, args...)
}

// invalidContent returns the error for a field whose value the API refuses.
func invalidContent(format string, args ...any) error {
	return invalid("Invalid request content: "+format, args...)
}

func unsupported(model, parameter string) error {
	return invalid("Model %s does not support parameter %s.", serde.Clip(model), parameter)
}

func tooLong(limit, actual int) error {
	return invalid("This model's maximum prompt length is %d but the request contains %d tokens.", limit, actual)
}

func wrongKey(key string) error {
	shown := "***"
	if len(key) >= 8 {
		shown = key[:2] + shown + key[len(key)-2:]
	}
	return invalid("Incorrect API key provided: %s. You can obtain an API key from https://console.x.ai.", shown)
}

func noCredentials() error {
	return newError(http.StatusUnauthorized, "unauthenticated:no-credentials", "No credentials presented.")
}

func notFound(format string, args ...any) error {
	return newError(http.StatusNotFound, "not-found", format, args...)
}

func noRoute() error {
	return notFound("No handler found on route. " +
		"Please double check your URL and consult https://api.x.ai/docs for more information.")
}

func unknownModel(name string) error {
	const text = "The model %s does not exist or your team does not have access to it. " +
		"Please ensure you're using the correct API key. " +
		"If you believe this is a mistake, please contact support and quote your team ID and the model name."
	return notFound(text, serde.Clip(name))
}

func methodNotAllowed(method string) error {
	const text = "The method %s is not allowed on this route."
	return newError(http.StatusMethodNotAllowed, "method-not-allowed", text, serde.Clip(method))
}

func searchGone() error {
	const text = "Live search is no longer available. Please remove search_parameters from the request."
	return newError(http.StatusGone, "gone", text)
}

func tooMany(what string, actual, limit int) error {
	const text = "Too many requests for team offline. Your team's rate limit is - %s (actual/limit): %d/%d."
	return newError(http.StatusTooManyRequests, "resource-exhausted", text, what, actual, limit)
}

// creditsSpent returns the error for an account without credits, whose code follows from its status.
func creditsSpent(status int) error {
	const text = "Your team offline has either used all available credits or reached its monthly spending limit. " +
		"To continue making API requests, please purchase more credits or raise your spending limit."
	code := "permission-denied"
	if status == http.StatusTooManyRequests {
		code = "Some resource has been exhausted"
	}
	return newError(status, code, text)
}

// blocked returns the error for a blocked key or team.
func blocked(what string) error {
	name := map[string]string{"key": "API key", "team": "team"}[what]
	return newError(http.StatusForbidden, "permission-denied", "Your %s is blocked. Please contact your team's administrator.", name)
}

// unavailable returns the body of the error that xAI sends with status 200 or inside a stream.
func unavailable() errorBody {
	return errorBody{"The service is currently unavailable", "Timed out waiting for first token"}
}

// statusError returns xAI's error for a status, or an invented one for a status whose error is not known.
func statusError(status int) error {
	switch status {
	case http.StatusBadRequest:
		return invalidContent("this request is refused on demand.")
	case http.StatusUnauthorized:
		return noCredentials()
	case http.StatusForbidden:
		return newError(status, "permission-denied", "Content violates usage guidelines. Failed check: offline.")
	case http.StatusNotFound:
		return notFound("The requested resource was not found. Please check the URL and try again.")
	case http.StatusGone:
		return searchGone()
	case http.StatusUnprocessableEntity:
		return newError(status, "", mismatchPrefix+"this request is refused on demand at line 1 column 1")
	case http.StatusTooManyRequests:
		return tooMany("Requests per Minute", 2, 1)
	case http.StatusServiceUnavailable:
		return newError(status, unavailable().Code, "The model is at capacity. Please try again later.")
	}
	name := http.StatusText(status)
	if name == "" {
		name = fmt.Sprintf("status %d", status)
	}
	return newError(status, "internal", "The server answered on demand: %s.", name)
}

// mismatchPrefix begins the error for a body that is JSON but no request.
const mismatchPrefix = "Failed to deserialize the JSON body into the target type: "
