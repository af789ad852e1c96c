package offline

import (
	"context"
	"errors"
	"fmt"
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
	Index  int     `json:"index"`
	Delta  delta   `json:"delta"`
	Finish *string `json:"finish_reason"`
}

type delta struct {
	Role    string  `json:"role,omitempty"`
	Content *string `json:"content,omitempty"`
}

// A streamer writes events, each of them flushed, until the first that can't be written.
type streamer struct {
	ctx   context.Context
	w     http.ResponseWriter
	flush func() error
	err   error
}

// stream sends the reply as events: a token of each choice in turn, then why each ended, then the usage if it is asked for.
func (a *answer) stream(ctx context.Context, w http.ResponseWriter, withUsage bool) {
	w.Header().Set("Content-Type", "text/event-stream")
	w.Header().Set("Cache-Control", "no-cache")
	s := &streamer{ctx: ctx, w: w, flush: http.NewResponseController(w).Flush}
	a.streamText(s)
	for i := range a.choices {
		s.send(encode(a.chunk(chunkChoice{Index: i, Finish: &a.finish})))
	}
	if withUsage {
		last := a.chunk()
		last.Usage = &a.usage
		s.send(encode(last))
	}
	s.send([]byte("[DONE]"))
}

func (a *answer) streamText(s *streamer) {
	if a.text == "" {
		a.streamToken(s, "assistant", "")
	}
	role := "assistant"
	for token := range tokens(a.text) {
		if s.err != nil {
			return
		}
		a.streamToken(s, role, token)
		role = ""
	}
}

func (a *answer) streamToken(s *streamer, role, token string) {
	for i := range a.choices {
		s.send(encode(a.chunk(chunkChoice{Index: i, Delta: delta{role, &token}})))
	}
}

func (a *answer) chunk(choices ...chunkChoice) chunk {
	if choices == nil {
		choices = []chunkChoice{} // clients are promised [], not null
	}
	return chunk{a.id, "chat.completion.chunk", created, a.model, choices, nil, fingerprint}
}

func (s *streamer) send(data []byte) {
	if s.err == nil {
		s.err = s.ctx.Err()
	}
	if s.err == nil {
		_, s.err = fmt.Fprintf(s.w, "data: %s\n\n", data)
	}
	if s.err == nil {
		s.err = s.flush()
	}
	if errors.Is(s.err, http.ErrNotSupported) {
		s.err = nil // such a writer keeps nothing back
	}
}
