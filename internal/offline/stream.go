package offline

import (
	"errors"
	"net/http"
)

// A chunk is one event of a stream.
type chunk struct {
	ID          string        `json:"id"`
	Object      string        `json:"object"`
	Created     int64         `json:"created"`
	Model       string        `json:"model"`
	Choices     []chunkChoice `json:"choices"`
	Usage       *usage        `json:"usage,omitempty"`
	Fingerprint string        `json:"system_fingerprint"`
}

type chunkChoice struct {
	Index  int         `json:"index"`
	Delta  wireMessage `json:"delta"`
	Finish *string     `json:"finish_reason"`
}

// A callDelta is a tool call in a stream: whole, with its place among the calls.
type callDelta struct {
	Index int `json:"index"`
	call
}

// A streamer writes events, each of them flushed. Where one can't be written, it breaks the handler off.
type streamer struct {
	*answer

	v       *visit
	sent    int  // chunks
	deltas  int  // of content
	started bool // the role was sent
	ended   bool // nothing more is sent
}

// stream sends the reply as events: what was thought, said and called, a piece of each choice in turn, then why each ended,
// then the usage if it is asked for.
func (a *answer) stream(v *visit, withUsage bool) {
	v.w.Header().Set("Content-Type", "text/event-stream")
	v.w.Header().Set("Cache-Control", "no-cache")
	s := &streamer{answer: a, v: v}
	s.speak()
	for i := range a.choices {
		s.event(chunkChoice{Index: i, Finish: &a.finish})
	}
	if withUsage {
		last := a.chunk()
		last.Usage = &a.usage
		s.send(encode(last))
	}
	s.send([]byte("[DONE]"))
}

func (s *streamer) speak() {
	for word := range tokens(s.reasoning) {
		s.delta(wireMessage{Reasoning: word})
	}
	for token := range tokens(s.text) {
		s.v.trouble.strike(s)
		if s.ended {
			return
		}
		s.delta(wireMessage{Content: &token})
		s.deltas++
	}
	s.v.trouble.strike(s)
	if s.refusal != "" {
		s.delta(wireMessage{Refusal: &s.refusal})
	}
	for i, c := range s.calls {
		s.delta(wireMessage{Calls: []callDelta{{i, c}}})
	}
	if !s.started {
		s.delta(wireMessage{Content: new(string)})
	}
}

// delta sends a piece of each choice, the first one with the role.
func (s *streamer) delta(d wireMessage) {
	if !s.started {
		d.Role = "assistant"
	}
	s.started = true
	for i := range s.choices {
		s.event(chunkChoice{Index: i, Delta: d})
	}
}

func (s *streamer) event(c chunkChoice) {
	if !s.ended {
		s.v.pause(s.v.scene.gap, s.sent)
		s.send(encode(s.chunk(c)))
	}
}

func (a *answer) chunk(choices ...chunkChoice) chunk {
	if choices == nil {
		choices = []chunkChoice{} // clients are promised [], not null
	}
	return chunk{a.id, "chat.completion.chunk", created, a.model, choices, nil, fingerprint}
}

func (s *streamer) send(data []byte) {
	if s.ended {
		return
	}
	s.sent++
	event := append(append([]byte("data: "), data...), "\n\n"...)
	if _, err := s.v.w.Write(event); err != nil {
		panic(http.ErrAbortHandler)
	}
	s.flush()
}

// flush has what was written arrive. A writer that can't flush keeps nothing back.
func (s *streamer) flush() {
	if err := http.NewResponseController(s.v.w).Flush(); err != nil && !errors.Is(err, http.ErrNotSupported) {
		panic(http.ErrAbortHandler)
	}
}
