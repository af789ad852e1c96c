package offline

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"math/rand/v2"
	"net/url"
	"sync"
	"time"
)

// Bounds on what is remembered, so that no stream of requests takes all memory; what is beyond them is forgotten together.
const (
	maxScenes = 1 << 10
	maxSeen   = 1 << 20
)

// scenes keeps a scene for each query, so that what counts requests counts those of one URL.
type scenes struct {
	common url.Values // of all requests; a query's own parameters win

	mu    sync.Mutex
	known map[string]*scene
}

// of finds the scene of a query. The error says what is wrong with it.
func (s *scenes) of(query string) (*scene, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if sc := s.known[query]; sc != nil {
		return sc, nil
	}
	own, err := url.ParseQuery(query)
	if err != nil {
		return nil, err
	}
	for name, values := range s.common {
		if own[name] == nil {
			own[name] = values
		}
	}
	set, err := readSettings(own)
	if err != nil {
		return nil, err
	}
	if s.known == nil || len(s.known) >= maxScenes {
		s.known = map[string]*scene{}
	}
	sc := &scene{settings: set}
	s.known[query] = sc
	return sc, nil
}

// A scene is what a query sets, with what is remembered of the requests that came with it.
type scene struct {
	*settings

	mu     sync.Mutex
	count  int
	seen   map[digest]int // how often each request came
	flying int
	minute []time.Time // when those of the last minute came, where their number is limited
}

// A digest tells requests apart.
type digest [sha256.Size]byte

// replyID is one half of a digest in the form of xAI's ids, requestID the other.
func (d *digest) replyID() string   { return uuid(d[:16]) }
func (d *digest) requestID() string { return uuid(d[16:]) }

func uuid(b []byte) string {
	s := hex.EncodeToString(b)
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

// enter counts a request and refuses it where a limit is reached; leave must be called when it is done, allowed or not.
func (s *scene) enter() (leave func(), err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flying++
	leave = func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.flying--
	}
	if s.concurrency > 0 && s.flying > s.concurrency {
		return leave, tooMany("Concurrent Requests", s.flying, s.concurrency)
	}
	if s.rpm == 0 {
		return leave, nil
	}
	now := time.Now()
	for len(s.minute) > 0 && now.Sub(s.minute[0]) >= time.Minute {
		s.minute = s.minute[1:]
	}
	if len(s.minute) >= s.rpm {
		return leave, tooMany("Requests per Minute", len(s.minute)+1, s.rpm)
	}
	s.minute = append(s.minute, now)
	return leave, nil
}

// left is how many more requests the limit of a minute allows; the limit is rpm, or a number that nobody reaches.
func (s *scene) left() (limit, remaining int) {
	const plenty = 10_000
	if s.rpm == 0 {
		return plenty, plenty - 1
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.rpm, s.rpm - len(s.minute)
}

// befalls says which trouble a request meets: every and first choose the requests that get the status where there is one,
// and else those that get the rest.
func (s *scene) befalls(request digest) trouble {
	chosen := s.chosen(request)
	t := s.trouble
	switch {
	case s.status != 0 && chosen:
		t = calm()
		t.status, t.html = s.status, s.html
	case s.status != 0:
		t.status, t.html = 0, false // the page is the status's
	case !chosen:
		t = calm()
	}
	return t
}

// chosen counts a request and says whether trouble befalls it.
func (s *scene) chosen(request digest) bool {
	if s.every == 0 && s.first == 0 {
		return true
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.count++
	hit := s.every > 0 && s.count%s.every == 0
	if s.first > 0 {
		if s.seen == nil || len(s.seen) >= maxSeen {
			s.seen = map[digest]int{}
		}
		s.seen[request]++
		hit = hit || s.seen[request] <= s.first
	}
	return hit
}

// pause waits for a time of a span, chosen by the seed, the request and the place in its reply. It returns early when ctx
// is done.
func (s *scene) pause(ctx context.Context, between span, request digest, place int) {
	wait := between.least
	if more := between.most - between.least; more > 0 {
		source := rand.NewPCG(s.seed+uint64(place), uint64(request[0])<<8|uint64(request[1]))
		wait += time.Duration(rand.New(source).Int64N(int64(more) + 1)) //nolint:gosec // it is to be repeatable, not secret
	}
	if wait == 0 {
		return
	}
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-ctx.Done():
	}
}
