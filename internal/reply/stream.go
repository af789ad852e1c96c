package reply

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"slices"
	"strconv"

	"github.com/chatcmpl/chatcmpl/internal/complaint"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
	"github.com/chatcmpl/chatcmpl/internal/secret"
	"github.com/chatcmpl/chatcmpl/internal/sse"
)

// Chunk is one piece of a streamed reply. It is valid only until Reader.Each returns.
type Chunk struct {
	// Raw is the chunk as the server sent it. It is valid JSON.
	Raw []byte
	// Deltas are the additions to the choices; none in a chunk with only the usage.
	Deltas []Delta
}

// Delta is the addition of a chunk to one choice.
type Delta struct {
	Index     int
	Text      string
	Reasoning string
}

// stream is the state of a streamed reply.
type stream struct {
	*Reader

	answer  *http.Response
	id      string
	clean   *secret.Events
	choices map[int]*collected
	order   []*collected   // choices in order of arrival
	last    *collected     // choice of the last piece
	head    rawjson.Object // fields of the first chunk except the choices; nil unless collected
	usage   Usage
	warning string // an error that was reported after the end
	size    int    // approximate memory for the stream in bytes
	begun   bool
	room    []wireChoice
	out     Chunk
}

func (r *Reader) events(resp *http.Response, body io.Reader, result func(*stream) (*Response, error)) (*Response, error) {
	return r.collected(resp, func(s *stream) error { return s.events(body) }, result)
}

func (r *Reader) collected(resp *http.Response, receive func(*stream) error, result func(*stream) (*Response, error)) (*Response, error) {
	s := &stream{Reader: r, answer: resp, id: requestID(resp.Header), clean: r.Redactor.Events(), choices: map[int]*collected{}, usage: Usage{Ticks: -1}}
	err := s.read(receive)
	arrived, failed := result(s)
	if arrived != nil {
		arrived.Redacted, arrived.Warning = s.clean.Changed(), s.warning
	}
	return arrived, cmp.Or(err, failed)
}

// read reads a stream to its end. A failure after every choice is finished does not invalidate the reply.
func (s *stream) read(receive func(*stream) error) error {
	err := receive(s)
	failed, ok := errors.AsType[*Error](err)
	switch {
	case ok && failed.Kind == failure.Cut && s.isFinished():
		return nil
	case ok && s.size <= MaxReply && s.isReply():
		s.warning = failed.Message
		return nil
	}
	return err
}

func (s *stream) events(body io.Reader) error {
	events := sse.NewReader(body, MaxReply, rawjson.Valid)
	for {
		ev, err := events.Next()
		if err != nil {
			if err := s.chunks(s.clean.End()); err != nil {
				return err
			}
			return s.end(err)
		}
		for data := range valuesIn(ev.Data) {
			switch {
			case isEndMark(data):
				return s.chunks(s.clean.End())
			case isWord(data):
				continue
			}
			if err := s.event(ev.Name, data); err != nil {
				return err
			}
		}
	}
}

func (s *stream) event(name string, data []byte) error {
	s.begun = true
	if name != "error" {
		return s.chunks(s.clean.Next(data))
	}
	if err := s.chunks(s.clean.End()); err != nil {
		return err
	}
	return insideError(s.Redactor.JSON(data), s.answer.StatusCode, s.id)
}

// isFinished reports whether each requested choice has a finish_reason. The stream is then complete, because some gateways
// omit the end mark.
func (s *stream) isFinished() bool {
	unfinished := func(c *collected) bool { return c.finish == "" }
	return len(s.order) >= s.Choices && !slices.ContainsFunc(s.order, unfinished)
}

// isReply reports whether each requested choice is finished and not empty.
func (s *stream) isReply() bool {
	return s.isFinished() && !slices.ContainsFunc(s.order, func(c *collected) bool { return !c.isReply() })
}

// end returns the error of a stream that ended without its end mark.
func (s *stream) end(err error) error {
	if _, ok := errors.AsType[*sse.TooLongError](err); ok {
		if s.Each == nil {
			return tooLarge(s.answer, "the reply")
		}
		return tooLarge(s.answer, "an event of the stream")
	}
	if errors.Is(err, io.EOF) && !s.begun {
		e := cutError(s.answer, err, "the server sent an empty stream")
		e.Kind, e.Unusable = failure.Malformed, true
		return e
	}
	return cutError(s.answer, err, "the reply was cut: the stream ended before it was complete")
}

func (s *stream) chunks(all [][]byte) error {
	for _, data := range all {
		if err := s.chunk(data); err != nil {
			return err
		}
	}
	return nil
}

func (s *stream) chunk(data []byte) error {
	w := readWire(data)
	// Reuse the slice of the last chunk, because there may be very many chunks.
	reply := wireReply{choices: s.room[:0]}
	reply.read(w)
	s.room = reply.choices
	if !w.End() || reply.tooMany {
		return s.malformed(data)
	}
	if raw := reply.usage.Raw; raw != nil {
		// The usage is cumulative, so the last one counts. Copy it, because the chunk is reused.
		reply.usage.Raw = append(s.usage.Raw[:0], raw...)
		s.usage = reply.usage
	}
	if s.Collect && s.head == nil {
		s.head = headOf(data)
	}
	s.out = Chunk{Raw: data, Deltas: s.out.Deltas[:0]}
	failed := s.addAll(reply.choices)
	if reply.err != nil || reply.complains && len(reply.choices) == 0 && saysError(data) {
		failed = insideError(data, s.answer.StatusCode, s.id)
		if len(reply.choices) == 0 || !s.isReply() {
			return failed
		}
	}
	if s.size > MaxReply {
		return tooLarge(s.answer, "the reply")
	}
	if s.Each != nil {
		if err := s.Each(&s.out); err != nil {
			return err
		}
	}
	return failed
}

func (s *stream) malformed(data []byte) error {
	e := NewError(failure.Malformed, nil, "a chunk of the stream is not JSON")
	switch {
	case complaint.LooksLikeHTML(data):
		e.Message = "a chunk of the stream is an HTML page"
	case rawjson.TooDeep(data):
		e.Message = "a chunk of the stream is nested too deep to be read"
	case rawjson.Valid(data):
		e.Message = "a chunk of the stream has too many choices"
	}
	e.Status, e.RequestID, e.Unusable = s.answer.StatusCode, s.id, true
	return e
}

// addAll adds the pieces of a chunk to their choices, and returns the first error of a choice.
func (s *stream) addAll(pieces []wireChoice) (failed error) {
	for i := range pieces {
		piece := &pieces[i]
		c := s.choice(piece.index)
		if s.add(c, piece); failed == nil {
			failed = choiceError(piece, piece.err != nil && c.isReply(), s.answer.StatusCode, s.id)
		}
	}
	return failed
}

// add adds a piece to its choice.
func (s *stream) add(c *collected, piece *wireChoice) {
	if piece.finish != "" {
		c.finish = piece.finish
	}
	m := c.piece(piece)
	if m == nil {
		return
	}
	delta := Delta{Index: piece.index, Text: c.content.next(m.content), Reasoning: c.reasoning.next(m.reasoning())}
	if c.finish != "" {
		delta.Text += c.content.End()
		delta.Reasoning += c.reasoning.End()
	}
	c.length += int64(len(delta.Text))
	s.size += len(delta.Text) + c.collect(m, s.Collect)
	s.out.Deltas = append(s.out.Deltas, delta)
}

func (s *stream) choice(index int) *collected {
	if s.last != nil && s.last.index == index {
		return s.last
	}
	c := s.choices[index]
	if c == nil {
		c = &collected{index: index}
		s.choices[index] = c
		s.order = append(s.order, c)
		s.size += partSize
	}
	s.last = c
	return c
}

// response returns the reply received so far, complete or not.
func (s *stream) response() (*Response, error) {
	resp := &Response{Usage: s.usage, RequestID: s.id}
	slices.SortStableFunc(s.order, func(a, b *collected) int { return a.index - b.index })
	for _, c := range s.order {
		resp.Choices = append(resp.Choices, c.choice(s.Collect))
	}
	return resp, nil
}

// join returns the stream joined to a reply that is not a stream.
func (s *stream) join() (*Response, error) {
	slices.SortStableFunc(s.order, func(a, b *collected) int { return a.index - b.index })
	choices := make([]json.RawMessage, len(s.order))
	for i, c := range s.order {
		finish := json.RawMessage("null")
		if c.finish != "" {
			finish = rawjson.Quote(c.finish)
		}
		choices[i] = rawjson.Object{
			{Key: "index", Value: strconv.AppendInt(nil, int64(c.index), 10)},
			{Key: "message", Value: c.message.message()},
			{Key: "finish_reason", Value: finish},
		}.JSON()
	}
	body := append(s.head, rawjson.Member{Key: "choices", Value: rawjson.Array(choices)})
	if s.usage.Raw != nil {
		body = append(body, rawjson.Member{Key: "usage", Value: s.usage.Raw})
	}
	// Errors were found as they came: a code beside the choices is none.
	var reply wireReply
	raw, err := reply.parse(body.JSON(), s.answer.StatusCode, s.answer.Header)
	if err != nil {
		return nil, err
	}
	return newResponse(&reply, raw, s.answer.Header, s.answer.StatusCode)
}

// headOf returns the fields of a chunk that describe the reply, with the value of "object" of a complete reply.
func headOf(chunk []byte) rawjson.Object {
	head := rawjson.Known(bytes.Clone(chunk)).Without("choices", "usage", "error")
	if head.Get("object") != nil {
		head = head.With("object", rawjson.Quote("chat.completion"))
	}
	return head
}
