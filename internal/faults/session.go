package faults

import (
	"crypto/sha256"
	"net/url"
	"sync"
	"time"
)

// Bounds on what is remembered of requests. At the bound all of it is forgotten.
const (
	maxSessions = 1 << 10
	maxSeen     = 1 << 20
)

// Digest identifies equal requests.
type Digest = [sha256.Size]byte

// Sessions holds a session for each query string, so that a setting which counts requests counts those of one URL.
type Sessions struct {
	// Defaults are the settings that a query does not set.
	Defaults url.Values

	mu    sync.Mutex
	known map[string]*Session
}

// Get returns the session of a query, or an error for an invalid query.
func (s *Sessions) Get(query string) (*Session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if found := s.known[query]; found != nil {
		return found, nil
	}
	own, err := url.ParseQuery(query)
	if err != nil {
		return nil, err
	}
	for name, values := range s.Defaults {
		if own[name] == nil {
			own[name] = values
		}
	}
	set, err := Read(own)
	if err != nil {
		return nil, err
	}
	if s.known == nil || len(s.known) >= maxSessions {
		s.known = map[string]*Session{}
	}
	added := &Session{Settings: set, requests: window{limit: set.RPM}, tokens: window{limit: set.TPM}}
	s.known[query] = added
	return added, nil
}

// Session holds the settings of a query and the state of the requests that came with it.
type Session struct {
	*Settings

	mu       sync.Mutex
	count    int
	seen     map[Digest]int // how often each request came
	active   int
	requests window
	tokens   window
}

// ForRecords returns a session for the records of one batch. Of the settings that let a request fail, those of a reply
// apply to them: an HTTP error, a lost connection and a rate limit are for the calls of the Batch API, and BatchFail for
// records.
func (s *Settings) ForRecords() *Session {
	own := *s
	own.Faults = none()
	own.Faults.Finish, own.Faults.Refusal = s.Faults.Finish, s.Faults.Refusal
	if s.Faults.Refuses() {
		own.Every, own.First = 0, 0 // they select the calls that get the error
	}
	return &Session{Settings: &own}
}

// Enter counts a request, and refuses it with a *LimitError at a limit. The caller must call leave in either case.
func (s *Session) Enter() (leave func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.active++
	leave = func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.active--
	}
	if s.Concurrency > 0 && s.active > s.Concurrency {
		return leave, &LimitError{"Concurrent Requests", s.active, s.Concurrency}
	}
	if actual, ok := s.requests.take(time.Now(), 1); !ok {
		return leave, &LimitError{"Requests per Minute", actual, s.RPM}
	}
	return leave, nil
}

// Prompt counts the tokens of a prompt, and refuses it with a *LimitError at the limit.
func (s *Session) Prompt(tokens int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if actual, ok := s.tokens.take(time.Now(), tokens); !ok {
		return &LimitError{"Tokens per Minute", actual, s.TPM}
	}
	return nil
}

// Complete counts the tokens of a completion. They were not known before, so that they may exceed the limit.
func (s *Session) Complete(tokens int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tokens.add(time.Now(), tokens)
}

// Quota holds the limit for one minute and the rest of it that has not been used.
type Quota struct{ Limit, Remaining int }

// Quotas returns those of requests and of tokens; without a limit, large numbers. used is the number of tokens of this
// request.
func (s *Session) Quotas(used int) (requests, tokens Quota) {
	const manyRequests, manyTokens = 10_000, 10_000_000
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests.quota(manyRequests, 1), s.tokens.quota(manyTokens, used)
}

// FaultsFor returns the faults that apply to a request. With an HTTP error, every and first select the requests that get
// it, and the other faults apply to the rest; without, they select the requests that all faults apply to.
func (s *Session) FaultsFor(request Digest) Faults {
	if s.selects(request) {
		return s.Faults.selected()
	}
	return s.Faults.rest()
}

// selects counts a request and reports whether every and first select it.
func (s *Session) selects(request Digest) bool {
	if s.Every == 0 && s.First == 0 {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count++
	selected := s.Every > 0 && s.count%s.Every == 0
	if s.First > 0 {
		if s.seen == nil || len(s.seen) >= maxSeen {
			s.seen = map[Digest]int{}
		}
		s.seen[request]++
		selected = selected || s.seen[request] <= s.First
	}
	return selected
}
