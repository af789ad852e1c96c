package batch

import (
	"maps"
	"sync"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/failure"
)

// Stats counts what a run has done. It is safe for concurrent use, and the zero Stats is ready.
type Stats struct {
	mu   sync.Mutex
	sums Sums
}

// Sums are the sums at one moment.
type Sums struct {
	Start time.Time
	// Done counts the records whose results are written, Failed those of them that failed,
	// Skipped those that an earlier run has done.
	Done, Failed, Skipped int64
	// MayPass counts the failed that another try could mend.
	MayPass int64
	// Kept counts the records whose replies were there before.
	Kept int64
	// Kinds counts the failed by their kind; nil where there are none.
	Kinds map[failure.Kind]int64
	// Retries counts the attempts after each record's first.
	Retries int64
	// Tokens are those of all usages, Ticks the cost in 10^-10 USD.
	Tokens, Ticks int64
}

func (s *Stats) begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sums.Start = time.Now()
}

// Snapshot returns the sums as they are now.
func (s *Stats) Snapshot() Sums {
	s.mu.Lock()
	defer s.mu.Unlock()
	sums := s.sums
	sums.Kinds = maps.Clone(sums.Kinds)
	return sums
}

func (s *Stats) skip(records int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sums.Skipped += records
}

func (s *Stats) sent(attempts int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sums.Retries += int64(max(0, attempts-1))
}

// add counts a result and returns the sums without their kinds.
func (s *Stats) add(r *Result) Sums {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sums.Done++
	if r.Kept {
		s.sums.Kept++
	}
	s.sums.Tokens += r.Tokens
	s.sums.Ticks += max(0, r.Ticks)
	if r.Failure != nil {
		s.sums.Failed++
		if r.Failure.Retryable {
			s.sums.MayPass++
		}
		if s.sums.Kinds == nil {
			s.sums.Kinds = map[failure.Kind]int64{}
		}
		s.sums.Kinds[r.Failure.Kind]++
	}
	sums := s.sums
	sums.Kinds = nil
	return sums
}
