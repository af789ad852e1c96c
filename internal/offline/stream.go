package offline

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

type chunkChoice struct {
	Index  int     `json:"index"`
	Delta  delta   `json:"delta"`
	Finish *string `json:"finish_reason"`
}

// delta is what a chunk adds to a message.
type delta struct {
	Role      string      `json:"role,omitempty"`
	Content   *string     `json:"content,omitempty"`
	Reasoning string      `json:"reasoning_content,omitempty"`
	Refusal   *string     `json:"refusal,omitempty"`
	Calls     []callDelta `json:"tool_calls,omitempty"`
}

// callDelta is a whole tool call with its place among the calls.
type callDelta struct {
	Index int `json:"index"`
	toolCall
}

// streamer writes the events of a reply, and flushes each. It aborts the exchange if the client has gone.
type streamer struct {
	*chatReply

	x       *exchange
	chunks  int
	started bool // the role was sent
}

// stream sends the reply as events: the reasoning, the text, the refusal and the calls, piece by piece and each piece
// for every choice in turn; then why each choice ended; then the usage if it is asked for.
func (r *chatReply) stream(x *exchange, withUsage bool) {
	x.w.Header().Set("Content-Type", "text/event-stream")
	x.w.Header().Set("Cache-Control", "no-cache")
	s := &streamer{chatReply: r, x: x}
	if !s.sendDeltas() {
		return
	}
	for i := range r.choices {
		s.sendChoice(chunkChoice{Index: i, Finish: &r.finish})
	}
	if withUsage {
		last := s.newChunk([]chunkChoice{})
		last.Usage = &r.usage
		s.send(encode(last))
	}
	s.send([]byte("[DONE]"))
}

// sendDeltas sends the message, and reports whether the stream goes on.
func (s *streamer) sendDeltas() bool {
	for token := range tokensOf(s.reasoning) {
		s.sendDelta(delta{Reasoning: token})
	}
	sent := 0
	for token := range tokensOf(s.text) {
		if s.interrupted(sent) {
			return false
		}
		s.sendDelta(delta{Content: &token})
		sent++
	}
	if s.interrupted(sent) {
		return false
	}
	if s.refusal != "" {
		s.sendDelta(delta{Refusal: &s.refusal})
	}
	for i, c := range s.calls {
		s.sendDelta(delta{Calls: []callDelta{{i, c}}})
	}
	if !s.started {
		s.sendDelta(delta{Content: new(string)})
	}
	return true
}

// interrupted applies the fault after a number of content deltas, and reports whether it ended the stream.
func (s *streamer) interrupted(deltas int) bool {
	switch how := s.x.fault.inStream(deltas); how {
	case uninterrupted:
		return false
	case failed:
		s.send(encode(unavailable()))
	default:
		s.x.breakOff(how)
	}
	return true
}

// sendDelta sends a delta for each choice, the first one with the role.
func (s *streamer) sendDelta(d delta) {
	if !s.started {
		d.Role = "assistant"
	}
	s.started = true
	for i := range s.choices {
		s.sendChoice(chunkChoice{Index: i, Delta: d})
	}
}

func (s *streamer) sendChoice(c chunkChoice) {
	s.x.pause(s.x.session.gap, s.chunks)
	s.send(encode(s.newChunk([]chunkChoice{c})))
}

func (s *streamer) newChunk(choices []chunkChoice) streamChunk {
	return streamChunk{s.id, "chat.completion.chunk", created, s.model, choices, nil, fingerprint}
}

func (s *streamer) send(data []byte) {
	s.chunks++
	s.x.write(append(append([]byte("data: "), data...), "\n\n"...))
	s.x.flush()
}
