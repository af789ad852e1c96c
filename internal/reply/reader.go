package reply

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/secret"
)

// Reader reads the body of a successful response.
type Reader struct {
	// Redactor replaces secrets before the body is parsed; nil replaces none.
	Redactor *secret.Redactor
	// Choices is the number of requested choices, at least 1.
	Choices int
	// Each, if not nil, is called for each chunk of a stream as it arrives. Its error ends the stream and is returned
	// unchanged.
	Each func(*Chunk) error
	// Collect keeps the texts and messages of a stream in memory, at most MaxReply bytes.
	Collect bool
}

// Whole reads a reply that was not requested as a stream. If it is a stream nevertheless, Whole joins its chunks to a
// complete reply.
func (r *Reader) Whole(resp *http.Response, body io.Reader) (*Response, error) {
	// The buffer is for the first bytes: a batch has many replies, and what follows is read past it.
	buffered := bufio.NewReaderSize(body, 64)
	joined := *r
	joined.Collect, joined.Each = true, nil
	if !isStream(resp, buffered, false) {
		return joined.whole(resp, buffered, (*stream).join)
	}
	return joined.events(resp, buffered, (*stream).join)
}

// Stream reads a streamed reply. A reply that is not a stream is passed on as one chunk. If there is an error, the
// response holds the part that arrived; nil if nothing did.
func (r *Reader) Stream(resp *http.Response, body io.Reader) (*Response, error) {
	buffered := bufio.NewReader(body)
	if isStream(resp, buffered, true) {
		return r.events(resp, buffered, (*stream).response)
	}
	reply, err := r.whole(resp, buffered, (*stream).response)
	if err != nil || reply.Raw == nil || r.Each == nil {
		return reply, err
	}
	chunk := Chunk{Raw: reply.Raw}
	for _, c := range reply.Choices {
		chunk.Deltas = append(chunk.Deltas, Delta{c.Index, c.Text, c.Reasoning})
	}
	return reply, r.Each(&chunk)
}

// whole reads a body that is no stream of events. One that is no JSON may be several values.
func (r *Reader) whole(resp *http.Response, body io.Reader, result func(*stream) (*Response, error)) (*Response, error) {
	raw, err := readBody(resp, body)
	if err != nil {
		return nil, err
	}
	clean := r.Redactor.Body(raw)
	reply, err := Parse(clean, resp.Header, resp.StatusCode)
	if failed, ok := errors.AsType[*Error](err); ok && failed.Kind == failure.Malformed {
		first := firstValue(clean)
		switch {
		case len(first.raw) == len(withoutMarks(clean)):
			// It is the body.
		case first.isMessage():
			reply, err = Parse(first.raw, resp.Header, resp.StatusCode)
		case first.listed:
			return r.collected(resp, func(s *stream) error { return s.values(clean) }, result)
		}
	}
	if reply != nil {
		reply.Redacted = !bytes.Equal(clean, raw)
	}
	return reply, err
}
