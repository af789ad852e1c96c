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

// Reader reads the body of a successful answer.
type Reader struct {
	// Redactor knows the secrets that are replaced before anything is made of the body; nil knows none.
	Redactor *secret.Redactor
	// Choices is the number of choices that were asked for, at least 1.
	Choices int
	// Each, if not nil, is called for every chunk of a stream as it arrives. Its error ends the stream and is returned as it is.
	Each func(*Chunk) error
	// Collect keeps the texts and the messages of a stream, which takes their memory, at most MaxReply.
	Collect bool
}

// Whole reads a reply that was not asked for as a stream. One that is a stream all the same is joined to a whole reply.
func (r *Reader) Whole(resp *http.Response, body io.Reader) (*Response, error) {
	buffered := bufio.NewReader(body)
	joined := *r
	joined.Collect, joined.Each = true, nil
	if !isStream(resp, buffered, false) {
		return joined.whole(resp, buffered, (*stream).join)
	}
	return joined.events(resp, buffered, (*stream).join)
}

// Stream reads a streamed reply. The response holds what had arrived in any case, and is nil only where nothing had. A reply that
// came in one piece is one chunk.
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
	clean := r.Redactor.JSON(raw)
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
