package offline

import (
	"crypto/sha256"
	"encoding/hex"
	"net/url"
	"sync"
	"time"
)

// Bounds on what is remembered of requests. At the bound all of it is forgotten.
const (
	maxSessions = 1 << 10
	maxSeen     = 1 << 20
)

// sessions holds a session for each query string, so that a setting which counts requests counts those of one URL.
type sessions struct {
	defaults url.Values // a query's own parameters win

	mu    sync.Mutex
	known map[string]*session
}

// get returns the session of a query, or an error for an invalid query.
func (s *sessions) get(query string) (*session, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if found := s.known[query]; found != nil {
		return found, nil
	}
	own, err := url.ParseQuery(query)
	if err != nil {
		return nil, err
	}
	for name, values := range s.defaults {
		if own[name] == nil {
			own[name] = values
		}
	}
	set, err := readSettings(own)
	if err != nil {
		return nil, err
	}
	if s.known == nil || len(s.known) >= maxSessions {
		s.known = map[string]*session{}
	}
	added := &session{settings: set}
	s.known[query] = added
	return added, nil
}

// session holds the settings of a query and the state of the requests that came with it.
type session struct {
	*settings

	mu     sync.Mutex
	count  int
	seen   map[digest]int // how often each request came
	active int
	recent []time.Time // of the requests in the last minute, if rpm limits them
}

// digest identifies a request. Its halves are the ids of the reply and of the request.
type digest [sha256.Size]byte

func (d *digest) replyID() string   { return uuid(d[:16]) }
func (d *digest) requestID() string { return uuid(d[16:]) }

func uuid(b []byte) string {
	s := hex.EncodeToString(b)
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

// enter counts a request, and refuses it at a limit. The caller must call leave in either case.
func (s *session) enter() (leave func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.active++
	leave = func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.active--
	}
	if s.concurrency > 0 && s.active > s.concurrency {
		return leave, tooMany("Concurrent Requests", s.active, s.concurrency)
	}
	if s.rpm == 0 {
		return leave, nil
	}
	now := time.Now()
	for len(s.recent) > 0 && now.Sub(s.recent[0]) >= time.Minute {
		s.recent = s.recent[1:]
	}
	if len(s.recent) >= s.rpm {
		return leave, tooMany("Requests per Minute", len(s.recent)+1, s.rpm)
	}
	s.recent = append(s.recent, now)
	return leave, nil
}

// quota returns how many requests a minute are allowed and how many of them remain; without a limit, large numbers.
func (s *session) quota() (limit, remaining int) {
	const unlimited = 10_000
	if s.rpm == 0 {
		return unlimited, unlimited - 1
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rpm, s.rpm - len(s.recent)
}

// faultFor returns the fault that applies to a request. With a status, every and first select the requests that get it,
// and the other faults apply to the rest; without, they select the requests that all faults apply to.
func (s *session) faultFor(request digest) fault {
	selected := s.selects(request)
	f := s.faults
	switch {
	case f.status != 0 && selected:
		f = noFault()
		f.status, f.html = s.faults.status, s.faults.html
	case f.status != 0:
		f.status, f.html = 0, false // the page belongs to the status
	case !selected:
		f = noFault()
	}
	return f
}

// selects counts a request and reports whether every and first select it.
func (s *session) selects(request digest) bool {
	if s.every == 0 && s.first == 0 {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count++
	selected := s.every > 0 && s.count%s.every == 0
	if s.first > 0 {
		if s.seen == nil || len(s.seen) >= maxSeen {
			s.seen = map[digest]int{}
		}
		s.seen[request]++
		selected = selected || s.seen[request] <= s.first
	}
	return selected
}
