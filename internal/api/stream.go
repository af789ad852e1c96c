package api

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"sort"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/sse"
)

// Chunk is one event of a streamed reply. It is valid until the callback that received it returns.
type Chunk struct {
	// Raw is the chunk as the server wrote it, valid JSON.
	Raw []byte
	// Deltas holds the additions to the choices; it is empty in a chunk that only has usage.
	Deltas []Delta
}

// Delta is the addition of a chunk to one choice.
type Delta struct {
	Index     int
	Text      string
	Reasoning string
}

// Stream sends a request whose field "stream" must be true, and calls each for every chunk as it arrives. An error of
// each ends the stream and is returned unchanged; other errors are those of Complete. Even with an error, the response
// holds everything that had arrived. If collect is true, the response keeps the messages of the choices, at most
// MaxReply bytes.
func (c *Client) Stream(ctx context.Context, req *Request, collect bool, each func(*Chunk) error) (*Response, error) {
	r := &streamReader{each: each, want: req.Choices(), collect: collect, usage: Usage{Ticks: -1}}
	err := c.exchange(ctx, post(req, true), func(resp *http.Response, body io.Reader) error {
		r.id = requestID(resp.Header)
		buffered := bufio.NewReader(body)
		if isUnstreamed(buffered) {
			return r.readUnstreamed(resp, buffered)
		}
		return r.events(buffered)
	})
	return r.response(), err
}

// isUnstreamed reports whether a body is one JSON value or an HTML page instead of a stream, judging by the first byte
// that is no white space. Content types are unreliable: some gateways declare a stream as application/json, or an error
// page as a stream.
func isUnstreamed(body *bufio.Reader) bool {
	for {
		first, err := body.Peek(1)
		switch {
		case err != nil:
			return false
		case !bytes.ContainsAny(first, " \t\r\n"):
			return bytes.ContainsAny(first, `{["<`)
		}
		// Discarding a byte that was peeked at never fails.
		_, _ = body.Discard(1)
	}
}

// streamReader accumulates one stream.
type streamReader struct {
	each       func(*Chunk) error
	want       int
	collect    bool
	id         string
	choices    []*accumulator // in the order of their first delta
	usage      Usage
	unstreamed *Response
	bytes      int
	choiceBuf  []wireChoice
	out        Chunk
}

// readUnstreamed reads a reply that came as one JSON value although a stream was asked for: an error inside a 200
// response, or the reply of a server that does not stream.
func (r *streamReader) readUnstreamed(resp *http.Response, body io.Reader) error {
	raw, err := readReply(resp, body)
	if err != nil {
		return err
	}
	reply, err := parseResponse(raw, resp.Header)
	if err != nil {
		return err
	}
	r.unstreamed = reply
	chunk := Chunk{Raw: reply.Raw}
	for _, ch := range reply.Choices {
		chunk.Deltas = append(chunk.Deltas, Delta{ch.Index, ch.Text, ch.Reasoning})
	}
	return r.each(&chunk)
}

func (r *streamReader) events(body io.Reader) error {
	events := sse.NewReader(body, MaxReply)
	for {
		ev, err := events.Next()
		if err != nil {
			return r.end(err)
		}
		data := bytes.TrimSpace(ev.Data)
		switch {
		case string(data) == "[DONE]":
			return nil
		case len(data) == 0:
		case ev.Name == "error":
			return bodyError(data, r.id)
		default:
			if err := r.chunk(data); err != nil {
				return err
			}
		}
		r.bytes += len(ev.Data)
	}
}

// end returns the error of a stream that ended without [DONE], which some gateways never send. The stream is complete
// if every choice that was asked for has its finish_reason; otherwise it was cut.
func (r *streamReader) end(err error) error {
	finished := 0
	for _, c := range r.choices {
		if c.finish != "" {
			finished++
		}
	}
	if finished >= r.want && finished == len(r.choices) {
		return nil
	}
	if _, ok := errors.AsType[*sse.TooLongError](err); ok {
		return tooLarge("an event of the stream")
	}
	if errors.Is(err, io.EOF) && r.bytes == 0 {
		e := newError(failure.Malformed, err, "the server sent an empty stream")
		e.Status, e.RequestID = http.StatusOK, r.id
		return e
	}
	return &cutError{"the reply was cut: the stream ended before it was complete", err}
}

func (r *streamReader) chunk(data []byte) error {
	w := readWire(data)
	// Reusing the memory of the last chunk pays off, because a stream may have a great many.
	reply := wireReply{choices: r.choiceBuf[:0]}
	reply.read(w)
	r.choiceBuf = reply.choices
	if err := w.err(); err != nil {
		e := newError(failure.Malformed, err, "a chunk of the stream is %v", err)
		if looksLikeHTML(data) {
			e.Message = "a chunk of the stream is an HTML page"
		}
		e.Status, e.RequestID = http.StatusOK, r.id
		return e
	}
	if reply.err != nil || reply.errorField && len(reply.choices) == 0 {
		return bodyError(data, r.id)
	}
	if raw := reply.usage.Raw; raw != nil {
		// Usage is cumulative, so the last one counts. Its bytes must outlive the chunk.
		reply.usage.Raw = append(r.usage.Raw[:0], raw...)
		r.usage = reply.usage
	}
	r.out = Chunk{Raw: data, Deltas: r.out.Deltas[:0]}
	for i := range reply.choices {
		c := &reply.choices[i]
		if err := choiceError(c.finish, c.err, r.id); err != nil {
			return err
		}
		if err := r.add(c); err != nil {
			return err
		}
		r.out.Deltas = append(r.out.Deltas, Delta{c.index, c.message.content, c.message.reasoning})
	}
	return r.each(&r.out)
}

func (r *streamReader) add(piece *wireChoice) error {
	c, delta := r.choice(piece.index), &piece.message
	c.length += int64(len(delta.content))
	c.calls.count(delta)
	c.refusal.WriteString(delta.refusal)
	if piece.finish != "" {
		c.finish = piece.finish
	}
	if r.collect {
		c.content.WriteString(delta.content)
		c.reasoning.WriteString(delta.reasoning)
		if err := c.calls.join(delta.toolCalls); err != nil {
			return err
		}
	}
	if c.content.Len()+c.reasoning.Len()+c.refusal.Len()+c.calls.size > MaxReply {
		return tooLarge("the reply")
	}
	return nil
}

func (r *streamReader) choice(index int) *accumulator {
	for _, c := range r.choices {
		if c.index == index {
			return c
		}
	}
	c := &accumulator{index: index}
	r.choices = append(r.choices, c)
	return c
}

// response returns everything that arrived, complete or not.
func (r *streamReader) response() *Response {
	if r.unstreamed != nil {
		return r.unstreamed
	}
	resp := &Response{Usage: r.usage, RequestID: r.id}
	sort.Slice(r.choices, func(i, j int) bool { return r.choices[i].index < r.choices[j].index })
	for _, c := range r.choices {
		choice := Choice{Index: c.index, FinishReason: c.finish, Length: c.length, Refusal: c.refusal.String(), ToolCalls: c.calls.number()}
		if r.collect {
			choice.message = c.message()
		}
		resp.Choices = append(resp.Choices, choice)
	}
	return resp
}
