package batch

import (
	"maps"
	"sync"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/failure"
)

// Stats counts the results of a run. It is safe for concurrent use, and the zero Stats is ready to use.
type Stats struct {
	mu   sync.Mutex
	sums Sums
}

// Sums is a snapshot of Stats.
type Sums struct {
	Start time.Time
	// Done counts the records whose results are written; Failed counts those of them that failed; Skipped counts the
	// records that an earlier run has done.
	Done, Failed, Skipped int64
	// MayPass counts the failed records that may succeed when sent again.
	MayPass int64
	// Cached counts the records whose replies came from the cache.
	Cached int64
	// Kinds counts the failed records by kind; nil if there are none.
	Kinds map[failure.Kind]int64
	// Judged counts the records whose results Config.Judge has judged, Passed those of them that are as expected.
	Judged, Passed int64
	// Retries counts the attempts other than the first one of each record.
	Retries int64
	// Tokens sums the tokens of all replies; Ticks sums their cost in 10^-10 USD.
	Tokens, Ticks int64
}

// Begin starts the time, unless an earlier run with the same Stats has.
func (s *Stats) Begin() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sums.Start.IsZero() {
		s.sums.Start = time.Now()
	}
}

// Snapshot returns the current sums.
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

// AddJudged counts records that an earlier run has done, and those of them that passed.
func (s *Stats) AddJudged(records, passed int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sums.Judged += records
	s.sums.Passed += passed
}

func (s *Stats) addRetries(attempts int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sums.Retries += int64(max(0, attempts-1))
}

// Charge adds to the cost, in 10^-10 USD, what the provider charges for a batch besides the sum of its replies.
func (s *Stats) Charge(ticks int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sums.Ticks = max(0, s.sums.Ticks+ticks)
}

// add counts a result and returns the sums, without Kinds.
func (s *Stats) add(r *Result) Sums {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sums.Done++
	if r.Cached {
		s.sums.Cached++
	}
	if r.Expect != nil {
		s.sums.Judged++
	}
	if string(r.Expect) == "true" && r.Failure == nil {
		s.sums.Passed++
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
