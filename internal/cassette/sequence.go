package cassette

import (
	"context"
	"sync"
)

// Sequence hands out the answers in a file in their order: a request that was recorded k times gets its k answers, and then
// the last one again. It is safe for concurrent use.
type Sequence struct {
	// Name is the file's name.
	Name string
	// Strict hands out no answer twice.
	Strict bool

	mu        sync.Mutex
	byKey     index // by the keys at the beginnings of exchanges
	byRequest index // by the keys of the requests; read once a request is not in byKey
	queues    map[Key]*queue
	given     map[int64]bool // offsets of the answers that were handed out
	rejected  map[int64]bool
	missing   int
	again     int
}

// Ask asks for the next answer to a request.
type Ask struct {
	Key Key `json:"key"`
	// Process identifies the process that asks. Nth counts equal requests of a process as Place does.
	Process int64 `json:"-"`
	Nth     int32 `json:"nth,omitempty"`
	// Rejected is the answer that was handed out before, if it is none to this request; 0 if there is none. It is one more
	// than the offset.
	Rejected int64 `json:"rejected,omitempty"`
}

// Turn is an answer.
type Turn struct {
	// Offset is the offset of the exchange in the file, in bytes; negative if there is no exchange.
	Offset int64 `json:"offset"`
	// Again reports that all answers were handed out before. Offset is then the last one, or negative in a strict sequence.
	Again bool `json:"again,omitempty"`
}

// Next implements Answers.
func (s *Sequence) Next(_ context.Context, a Ask) (Turn, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.load(); err != nil {
		return Turn{}, err
	}
	if offset, ok := s.only(a.Key); ok && a.Rejected == 0 {
		// The answer is the same whoever asks: most files need no queues.
		return s.turn(offset, s.given[offset]), nil
	}
	q, err := s.queue(a)
	if err != nil {
		return Turn{}, err
	}
	offset, again, ok := q.next(asker{a.Process, a.Nth})
	if !ok {
		s.missing++
		return Turn{Offset: -1}, nil
	}
	return s.turn(offset, again), nil
}

// turn counts an answer.
func (s *Sequence) turn(offset int64, again bool) Turn {
	if again {
		s.again++
		if s.Strict {
			return Turn{Offset: -1, Again: true}
		}
	}
	s.given[offset] = true
	return Turn{offset, again}
}

// Only returns the answer to a request that was recorded once. It does not count as handed out before Took says so.
func (s *Sequence) Only(k Key) (offset int64, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.load() != nil {
		return 0, false
	}
	return s.only(k)
}

func (s *Sequence) only(k Key) (offset int64, ok bool) {
	c, exists := s.byKey.chains[k]
	if !exists || c.first != c.last {
		return 0, false
	}
	offset = s.byKey.lines[c.first].offset
	return offset, !s.rejected[offset]
}

// Took counts an answer that somebody found by Only.
func (s *Sequence) Took(offset int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.load() == nil {
		s.turn(offset, s.given[offset])
	}
}

// load reads the keys of the file, unless that was done before.
func (s *Sequence) load() error {
	if s.queues != nil {
		return nil
	}
	if err := readFile(s.Name, s.byKey.readKeys); err != nil {
		return err
	}
	s.queues, s.given, s.rejected = map[Key]*queue{}, map[int64]bool{}, map[int64]bool{}
	return nil
}

// queue returns the answers to a request. If none begins with its key, the whole file is searched, because somebody may
// have edited a request.
func (s *Sequence) queue(a Ask) (*queue, error) {
	if a.Rejected > 0 {
		delete(s.given, a.Rejected-1)
		s.rejected[a.Rejected-1] = true
	}
	q, exists := s.queues[a.Key]
	if exists && a.Rejected > 0 {
		q.reject(a.Rejected - 1)
	}
	if exists && !q.isEmpty() {
		return q, nil
	}
	lines := s.usable(&s.byKey, a.Key)
	if len(lines) == 0 {
		if err := s.loadRequests(); err != nil {
			return nil, err
		}
		lines = s.usable(&s.byRequest, a.Key)
	}
	q = newQueue(lines)
	s.queues[a.Key] = q
	return q, nil
}

func (s *Sequence) loadRequests() error {
	if s.byRequest.chains != nil {
		return nil
	}
	return readFile(s.Name, s.byRequest.readAll)
}

// usable returns the exchanges that an index has for a key and that nobody rejected.
func (s *Sequence) usable(x *index, k Key) []indexedLine {
	var found []indexedLine
	for l := range x.of(k) {
		if !s.rejected[l.offset] {
			found = append(found, l)
		}
	}
	return found
}

// Sums are the sums of a sequence.
type Sums struct {
	Unasked int // exchanges that nobody asked for
	Missing int // requests that are not in the file
	Again   int // requests for which all answers had been handed out
	Skipped int // lines of the file that are no exchanges
}

// Sums returns the sums so far.
func (s *Sequence) Sums() (Sums, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.load(); err != nil {
		return Sums{}, err
	}
	all := &s.byKey
	if all.unkeyed || s.byRequest.chains != nil {
		if err := s.loadRequests(); err != nil {
			return Sums{}, err
		}
		all = &s.byRequest
	}
	return Sums{len(all.lines) - len(s.given), s.missing, s.again, all.skipped}, nil
}

// Answers finds the answers of a replay.
type Answers interface {
	// Next returns the next answer to a request.
	Next(ctx context.Context, a Ask) (Turn, error)
}
