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

// Chunk is one piece of a streamed reply. It lasts until the callback that was given it
// returns.
type Chunk struct {
	// Raw is the chunk as the server wrote it, valid JSON.
	Raw []byte
	// Deltas are what the chunk adds to the choices; none in a chunk of usage.
	Deltas []Delta
}

// Delta is what a chunk adds to one choice.
type Delta struct {
	Index     int
	Text      string
	Reasoning string
}

// Stream sends a request that asks for a stream (its field "stream" must be true) and
// calls each for every chunk as it arrives; an error of each ends the stream and is
// returned as it is. Errors of the exchange are as those of Complete; the response holds
// what had arrived in any case and is nil only where nothing had. With collect, the
// choices' messages are kept, which costs the memory that they take, at most MaxReply.
func (c *Client) Stream(ctx context.Context, req *Request, collect bool, each func(*Chunk) error) (*Response, error) {
	r := &streamReader{each: each, want: req.Choices(), collect: collect, usage: Usage{Ticks: -1}}
	err := c.exchange(ctx, post(req, true), func(resp *http.Response, body io.Reader) error {
		r.id = requestID(resp.Header)
		buffered := bufio.NewReader(body)
		if inOnePiece(buffered) {
			return r.whole(resp, buffered)
		}
		return r.events(buffered)
	})
	return r.response(), err
}

// inOnePiece tells JSON and HTML from a stream by the first byte that is no white space.
// The content type is not asked: some gateways call a stream application/json, and
// some call an error page a stream.
func inOnePiece(body *bufio.Reader) bool {
	for {
		first, err := body.Peek(1)
		switch {
		case err != nil:
			return false
		case !bytes.ContainsAny(first, " \t\r\n"):
			return bytes.ContainsAny(first, `{["<`)
		}
		// What was peeked at can be discarded.
		_, _ = body.Discard(1)
	}
}

// streamReader is the state of one stream.
type streamReader struct {
	each    func(*Chunk) error
	want    int
	collect bool
	id      string
	choices []*collected // by their index, dense in practice
	usage   Usage
	plain   *Response
	bytes   int
	room    []wireChoice
	out     Chunk
}

// whole takes a reply that came in one piece although a stream was asked for: a failure
// inside a 200, or a server that does not stream.
func (r *streamReader) whole(resp *http.Response, body io.Reader) error {
	raw, err := readReply(resp, body)
	if err != nil {
		return err
	}
	reply, err := parseResponse(raw, resp.Header)
	if err != nil {
		return err
	}
	r.plain = reply
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

// end judges a stream that ended without its end mark: complete if each choice that was
// asked for has its finish_reason, for some gateways send no mark; else it was cut.
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
	// The room of the last chunk is used again: there may be very many.
	reply := wireReply{choices: r.room[:0]}
	reply.read(w)
	r.room = reply.choices
	if err := w.fault(); err != nil {
		e := newError(failure.Malformed, err, "a chunk of the stream is %v", err)
		if looksLikeHTML(data) {
			e.Message = "a chunk of the stream is an HTML page"
		}
		e.Status, e.RequestID = http.StatusOK, r.id
		return e
	}
	if reply.err != nil || reply.complains && len(reply.choices) == 0 {
		return bodyError(data, r.id)
	}
	if raw := reply.usage.Raw; raw != nil {
		// Cumulative: the last one counts. It must outlive the chunk.
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

func (r *streamReader) choice(index int) *collected {
	for _, c := range r.choices {
		if c.index == index {
			return c
		}
	}
	c := &collected{index: index}
	r.choices = append(r.choices, c)
	return c
}

// response sums up what came, whole or not.
func (r *streamReader) response() *Response {
	if r.plain != nil {
		return r.plain
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
