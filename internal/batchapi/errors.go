package batchapi

import (
	"errors"
	"net/http"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/reply"
)

// Reasons why a reply can't be used.
var (
	errNoID     = errors.New("it has no id")
	errNoFileID = errors.New("a batch has no input_file_id")
	errNoList   = errors.New("it holds no list")
	errNoCursor = errors.New("it says that there are more pages, and not where")
	errCycle    = errors.New("the pages of the list go in a circle")
	errNoEnd    = errors.New("the list has no end")
)

// malformed returns the error of a reply that is JSON and lacks something.
func malformed(resp *http.Response, reason error) *reply.Error {
	e := reply.Malformed(resp, reason, []byte("{}"))
	e.Message = "the reply can't be used: " + reason.Error()
	return e
}

// MayExist reports whether a batch may exist although its creation failed: the answer was lost, or the server failed.
func MayExist(err error) bool {
	e, ok := errors.AsType[*reply.Error](err)
	if !ok {
		return true
	}
	if e.Status == 0 {
		return !api.Unreached(e)
	}
	return e.Status < 300 || e.Status >= 500 && e.Status != http.StatusNotImplemented || e.Status == http.StatusRequestTimeout || e.Status == http.StatusConflict
}

// IsTooLarge reports whether a file was refused for its size.
func IsTooLarge(err error) bool { return status(err) == http.StatusRequestEntityTooLarge }

// IsGone reports whether the server does not know a batch or a file, or not any more.
func IsGone(err error) bool {
	return status(err) == http.StatusNotFound || status(err) == http.StatusGone
}

// IsRefused reports whether the server refused a call for good.
func IsRefused(err error) bool {
	e, ok := errors.AsType[*reply.Error](err)
	return ok && (e.Kind == failure.Refused || e.Kind == failure.NotAPI)
}

// HasNoRoutes reports whether the server does not know the path of a call.
func HasNoRoutes(err error) bool {
	switch status(err) {
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return true
	}
	e, ok := errors.AsType[*reply.Error](err)
	return ok && e.Kind == failure.NotAPI
}

// IsBusy reports whether a batch was refused because too much is waiting at the provider.
func IsBusy(err error) bool {
	e, ok := errors.AsType[*reply.Error](err)
	return ok && e.Status >= 400 && e.Status < 500 && isBusy(e.Code, e.Message)
}

// isBusy reports whether an error's code or words name the limit of tokens that may wait at the provider.
func isBusy(code, message string) bool {
	return strings.Contains(strings.ToLower(code), "token_limit_exceeded") || strings.Contains(strings.ToLower(message), "enqueued token")
}

func status(err error) int {
	if e, ok := errors.AsType[*reply.Error](err); ok {
		return e.Status
	}
	return 0
}
