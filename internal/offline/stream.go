package offline

import "github.com/chatcmpl/chatcmpl/internal/faults"

// streamChunk is one event of a stream.
type streamChunk struct {
	ID          string        `json:"id"`
	Object      string        `json:"object"`
	Created     int64         `json:"created"`
	Model       string        `json:"model"`
	Choices     []chunkChoice `json:"choices"`
	Usage       *tokenUsage   `json:"usage,omitempty"`
	Fingerprint string        `json:"system_fingerprint"`
}

// chunkChoice is one choice in a chunk. Only the last one of a choice has a finish_reason.
type chunkChoice struct {
	Index    int       `json:"index"`
	Delta    delta     `json:"delta"`
	Logprobs *logprobs `json:"logprobs,omitempty"`
	Finish   *string   `json:"finish_reason,omitempty"`
}

// delta holds the part of a message that a chunk adds.
type delta struct {
	Role      string      `json:"role,omitempty"`
	Content   *string     `json:"content,omitempty"`
	Reasoning string      `json:"reasoning_content,omitempty"`
	Refusal   *string     `json:"refusal,omitempty"`
	Calls     []callDelta `json:"tool_calls,omitempty"`
}

// counts reports whether the delta counts for a fault that applies after a number of them.
func (d *delta) counts() bool { return d.Content != nil || d.Calls != nil }

// streamer writes the events of a reply, and flushes each. It aborts the exchange if the client has gone.
type streamer struct {
	*chatReply

	x       *exchange
	chunks  int
	started bool // the role was sent
	sent    int  // deltas that count
	damaged bool

	how   faults.Interruption // what ends the stream after so many deltas
	after int
}

// stream sends the reply as events: the reasoning, the text, the refusal and the calls, piece by piece and each piece
// for every choice in turn; then why each choice ended; then the usage if it is asked for.
func (r *chatReply) stream(x *exchange, withUsage bool) {
	x.startStream()
	s := &streamer{chatReply: r, x: x}
	s.how, s.after = x.faults.Interruption(true, x.deltas)
	if !s.sendDeltas() {
		return
	}
	for i := range r.choices {
		s.sendChoice(chunkChoice{Index: i, Finish: r.finishReason()})
	}
	if withUsage {
		last := s.newChunk([]chunkChoice{})
		last.Usage = &r.usage
		s.send(encode(last))
	}
	if !x.faults.NoDone {
		s.send([]byte("[DONE]"))
	}
	x.endStream()
}

// sendDeltas sends the message, and reports whether the stream goes on. A message without content has an empty delta.
func (s *streamer) sendDeltas() bool {
	for token := range tokensOf(s.reasoning) {
		s.sendDelta(delta{Reasoning: token})
	}
	for token := range tokensOf(s.text) {
		if !s.next(delta{Content: &token}) {
			return false
		}
	}
	if s.refusal != "" && !s.next(delta{Refusal: &s.refusal}) {
		return false
	}
	for i, call := range s.calls {
		for _, piece := range call.split(s.x.session.Pieces) {
			piece.Index = i
			if !s.next(delta{Calls: []callDelta{piece}}) {
				return false
			}
		}
	}
	if !s.started && !s.next(delta{Content: new(string)}) {
		return false
	}
	return !s.interrupted()
}

// next sends a delta unless the stream ends before it, and reports whether it goes on.
func (s *streamer) next(d delta) bool {
	if s.interrupted() {
		return false
	}
	s.sendDelta(d)
	return true
}

// interrupted applies the fault that ends the stream, and reports whether it did.
func (s *streamer) interrupted() bool {
	if s.how == faults.Uninterrupted || s.sent != s.after {
		return false
	}
	if s.how != faults.Failed {
		s.x.breakOff(s.how)
	}
	s.send(encode(unavailable()))
	return true
}

// sendDelta sends a delta for each choice, the first one with the role.
func (s *streamer) sendDelta(d delta) {
	if !s.started {
		d.Role = "assistant"
	}
	s.started = true
	for i := range s.choices {
		c := chunkChoice{Index: i, Delta: d}
		if s.top >= 0 && d.Content != nil {
			c.Logprobs = logprobsOf(tokensOf(*d.Content), s.top)
		}
		s.sendChoice(c)
	}
	if d.counts() {
		s.sent++
	}
}

func (s *streamer) sendChoice(c chunkChoice) {
	s.x.pause(s.x.session.Gap, s.chunks)
	data := encode(s.newChunk([]chunkChoice{c}))
	if s.sent == s.x.faults.DamageAfter && !s.damaged && c.Delta.Reasoning == "" {
		s.damaged = true
		data = data[:len(data)/2]
	}
	s.send(data)
}

func (s *streamer) newChunk(choices []chunkChoice) streamChunk {
	return streamChunk{s.id, "chat.completion.chunk", created, s.model, choices, nil, fingerprint}
}

func (s *streamer) send(data []byte) {
	s.chunks++
	s.x.write(append(append([]byte("data: "), data...), "\n\n"...))
	s.x.flush()
}
