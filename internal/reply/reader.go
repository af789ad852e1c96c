package reply

import (
	"bufio"
	"bytes"
	"io"
	"net/http"

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
	if !isStream(buffered, false) {
		return r.whole(resp, buffered)
	}
	joined := *r
	joined.Collect, joined.Each = true, nil
	return joined.events(resp, buffered, (*stream).join)
}

// Stream reads a streamed reply. The response holds what had arrived in any case, and is nil only where nothing had. A reply that
// came in one piece is one chunk.
func (r *Reader) Stream(resp *http.Response, body io.Reader) (*Response, error) {
	buffered := bufio.NewReader(body)
	if isStream(buffered, true) {
		return r.events(resp, buffered, (*stream).response)
	}
	reply, err := r.whole(resp, buffered)
	if err != nil || r.Each == nil {
		return reply, err
	}
	chunk := Chunk{Raw: reply.Raw}
	for _, c := range reply.Choices {
		chunk.Deltas = append(chunk.Deltas, Delta{c.Index, c.Text, c.Reasoning})
	}
	return reply, r.Each(&chunk)
}

func (r *Reader) whole(resp *http.Response, body io.Reader) (*Response, error) {
	raw, err := readBody(resp, body)
	if err != nil {
		return nil, err
	}
	clean := r.Redactor.JSON(raw)
	reply, err := Parse(clean, resp.Header, resp.StatusCode)
	if reply != nil {
		reply.Redacted = !bytes.Equal(clean, raw)
	}
	return reply, err
}
