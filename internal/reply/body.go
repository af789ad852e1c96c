package reply

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"mime"
	"net/http"
	"unicode"

	"github.com/chatcmpl/chatcmpl/internal/complaint"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// byteOrderMark is the UTF-8 byte order mark, with which some servers begin a body.
const byteOrderMark = "\ufeff"

// readBody reads a whole body of at most MaxReply bytes. It ignores a read error after complete JSON: a Content-Length that
// is too large, a missing last chunk, a wrong checksum.
func readBody(resp *http.Response, body io.Reader) ([]byte, error) {
	var buf bytes.Buffer
	if n := resp.ContentLength; n > 0 && n <= MaxReply {
		buf.Grow(int(n) + bytes.MinRead)
	}
	_, err := buf.ReadFrom(io.LimitReader(body, MaxReply+1))
	switch {
	case buf.Len() > MaxReply:
		return nil, tooLarge(resp, "the reply")
	case err != nil && !isWhole(buf.Bytes()):
		return nil, cutError(resp, err, "the reply was cut after %d bytes", buf.Len())
	}
	return finite(buf.Bytes()), nil
}

// isWhole reports whether a body needs no more bytes to be judged: it is complete JSON, or an HTML page.
func isWhole(body []byte) bool {
	body = withoutMarks(finite(body))
	return rawjson.Valid(body) || complaint.LooksLikeHTML(body)
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

// isStream reports whether a body is a stream of events, judging by its first bytes after white space and comments, which
// some servers send before JSON. Some gateways send streams as application/json and error pages as streams. The content
// type matters only if a stream was requested and the body begins with an unknown line.
func isStream(resp *http.Response, body *bufio.Reader, asked bool) bool {
	if mark, _ := body.Peek(len(byteOrderMark)); string(mark) == byteOrderMark {
		// What was peeked at can be discarded.
		_, _ = body.Discard(len(mark))
	}
	comment := false
	for range MaxReply {
		first, err := body.Peek(1)
		switch {
		case err != nil:
			return asked
		case comment, first[0] == ':':
			comment = !bytes.ContainsAny(first, "\r\n")
		case !bytes.ContainsAny(first, " \t\r\n"):
			return asked && !bytes.ContainsAny(first, `{["<`) && mayBeStream(resp) || beginsEvents(body)
		}
		_, _ = body.Discard(1)
	}
	return false
}

// mayBeStream reports whether the content type allows a stream of events.
func mayBeStream(resp *http.Response) bool {
	kind, _, _ := mime.ParseMediaType(resp.Header.Get("Content-Type"))
	return kind == "" || kind == "text/event-stream"
}

// beginsEvents reports whether a body begins with a field of an event.
func beginsEvents(body *bufio.Reader) bool {
	const longest = "event:"
	start, _ := body.Peek(len(longest))
	for _, field := range []string{"data:", longest, "id:", "retry:", "error:"} {
		if bytes.HasPrefix(start, []byte(field)) {
			return true
		}
	}
	return false
}

// withoutMarks returns a body without surrounding white space, a byte order mark, zero bytes at its end, and the end mark
// of a stream, which some servers add.
func withoutMarks(body []byte) []byte {
	body = bytes.TrimPrefix(bytes.TrimSpace(body), []byte(byteOrderMark))
	body = bytes.TrimSpace(bytes.TrimRight(body, "\x00 \t\r\n"))
	if before, found := bytes.CutSuffix(body, []byte("[DONE]")); found {
		if whole, found := bytes.CutSuffix(bytes.TrimRight(before, " "), []byte("data:")); found {
			return bytes.TrimSpace(whole)
		}
	}
	return body
}

// isEndMark reports whether data is [DONE], however it is written.
func isEndMark(data []byte) bool {
	return len(data) <= len(`"[DONE]"`) && complaint.Letters(string(data)) == "done"
}

// isWord reports whether data is empty, or a word such as ping, with which some servers keep a connection alive.
func isWord(data []byte) bool {
	const longest = 32
	return len(data) <= longest && bytes.IndexFunc(data, func(c rune) bool { return !unicode.IsLetter(c) && c != '-' && c != '_' }) < 0
}
