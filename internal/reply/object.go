package reply

import (
	"io"
	"net/http"

	"github.com/chatcmpl/chatcmpl/internal/complaint"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// Object reads a response that is an object, such as those of files and batches.
func (r *Reader) Object(resp *http.Response, body io.Reader) (rawjson.Object, error) {
	raw, err := readBody(resp, body)
	if err != nil {
		return nil, err
	}
	raw = withoutMarks(r.Redactor.JSON(raw))
	obj, err := rawjson.ParseObject(raw)
	if err != nil {
		return nil, unusable(raw, resp.StatusCode, resp.Header, err)
	}
	if err := Inside(resp, obj); err != nil {
		return nil, err
	}
	return obj, nil
}

// Inside returns the Error that an object reports although its response is a success; nil if it reports none.
func Inside(resp *http.Response, obj rawjson.Object) error {
	if failed := obj.Get("error"); failed != nil && !isEmptyError(failed) {
		return insideError(failed, resp.StatusCode, requestID(resp.Header))
	}
	return nil
}

// Malformed returns the Error of a response that is not what the API promises.
func Malformed(resp *http.Response, cause error, body []byte) *Error {
	return unusable(body, resp.StatusCode, resp.Header, cause)
}

// CutShort returns the Error of a response that ended before it was complete.
func CutShort(resp *http.Response, cause error) *Error {
	return cutError(resp, cause, "the reply was cut: %v", cause)
}

// ResultError returns the Error of one request of a batch, of which the server reports the status and the body.
func ResultError(body []byte, status int, id string) *Error {
	c := complaint.Read(body[:min(len(body), MaxErrorText)])
	e := newServerError(c, status, body)
	e.RequestID = id
	if c.Message == "" {
		e.Message = "the server reported an error without a message"
	}
	e.judge(status, c)
	return e
}
