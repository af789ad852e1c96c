package reply

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/http"

	"github.com/chatcmpl/chatcmpl/internal/failure"
)

// byteOrderMark is the UTF-8 byte order mark, with which some servers begin a body.
const byteOrderMark = "\ufeff"

// readBody reads a whole body of at most MaxReply bytes.
func readBody(resp *http.Response, body io.Reader) ([]byte, error) {
	if n := resp.ContentLength; n > 0 && n <= MaxReply {
		whole := make([]byte, n)
		if got, err := io.ReadFull(body, whole); err != nil {
			return nil, cutError(resp, err, "the reply was cut after %d bytes", got)
		}
		return whole, nil
	}
	var buf bytes.Buffer
	if _, err := buf.ReadFrom(io.LimitReader(body, MaxReply+1)); err != nil {
		return nil, cutError(resp, err, "the reply was cut after %d bytes", buf.Len())
	}
	if buf.Len() > MaxReply {
		return nil, tooLarge(resp, "the reply")
	}
	return buf.Bytes(), nil
}

// cutError returns the Error of a body whose reading failed.
func cutError(resp *http.Response, err error, format string, args ...any) *Error {
	e := NewError(failure.Cut, err, format, args...)
	e.Status, e.RequestID = resp.StatusCode, requestID(resp.Header)
	return e
}

func tooLarge(resp *http.Response, what string) *Error {
	return &Error{
		Kind: failure.Malformed, Status: resp.StatusCode, RequestID: requestID(resp.Header),
		Message: fmt.Sprintf("%s is over %d MiB", what, MaxReply>>20),
	}
}

// isStream reports whether a body is a stream of events, judging by its first bytes after white space. It ignores the
// content type, because some gateways send streams as application/json and error pages as streams. If no stream was
// requested, the body must begin with a field of an event.
func isStream(body *bufio.Reader, asked bool) bool {
	if mark, _ := body.Peek(len(byteOrderMark)); string(mark) == byteOrderMark {
		// What was peeked at can be discarded.
		_, _ = body.Discard(len(mark))
	}
	for range MaxReply {
		first, err := body.Peek(1)
		switch {
		case err != nil:
			return asked
		case !bytes.ContainsAny(first, " \t\r\n"):
			return asked && !bytes.ContainsAny(first, `{["<`) || beginsEvents(body)
		}
		_, _ = body.Discard(1)
	}
	return false
}

// beginsEvents reports whether a body begins with a field of an event or a comment.
func beginsEvents(body *bufio.Reader) bool {
	const longest = "event:"
	start, _ := body.Peek(len(longest))
	for _, field := range []string{":", "data:", longest, "id:", "retry:", "error:"} {
		if bytes.HasPrefix(start, []byte(field)) {
			return true
		}
	}
	return false
}

// withoutMarks returns a body without surrounding white space, a byte order mark, and the end mark of a stream, which
// some servers add.
func withoutMarks(body []byte) []byte {
	body = bytes.TrimSpace(bytes.TrimPrefix(bytes.TrimSpace(body), []byte(byteOrderMark)))
	if before, found := bytes.CutSuffix(body, []byte("[DONE]")); found {
		if whole, found := bytes.CutSuffix(bytes.TrimRight(before, " "), []byte("data:")); found {
			return bytes.TrimSpace(whole)
		}
	}
	return body
}
