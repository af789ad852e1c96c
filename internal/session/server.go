package session

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/cassette"
)

// The paths below the root of a session.
const (
	turnsPath = "/turns"
	stepsPath = "/steps"
	tookPath  = "/took"
)

// Server keeps the file of exchanges of a session. It answers the calls of the processes, and is itself a Store and Answers
// for its own process.
type Server struct {
	// Sequence hands out answers; nil in a recording.
	Sequence *cassette.Sequence
	// Appender keeps exchanges; nil in a replay.
	Appender *cassette.Appender

	processes atomic.Int64
	listening sync.WaitGroup // connections on which processes report what they took

	mu       sync.Mutex
	ended    bool
	underWay int
	idle     chan struct{} // closed once nothing is under way after the end; nil before the end
	lost     error
}

// Handler returns the handler for the paths of a session, below its root. ctx ends the connections.
func (s *Server) Handler(ctx context.Context) http.Handler {
	mux := http.NewServeMux()
	if s.Sequence != nil {
		mux.HandleFunc(turnsPath, func(w http.ResponseWriter, _ *http.Request) {
			serveCalls(ctx, w, &replaying{s, ctx, s.processes.Add(1)})
		})
		mux.HandleFunc(tookPath, func(w http.ResponseWriter, _ *http.Request) {
			s.listening.Add(1)
			defer s.listening.Done()
			s.serveTook(ctx, w)
		})
	}
	if s.Appender != nil {
		mux.HandleFunc(stepsPath, func(w http.ResponseWriter, _ *http.Request) {
			p := &process{server: s}
			defer p.end()
			serveCalls(ctx, w, p)
		})
	}
	return mux
}

// Next implements cassette.Answers.
func (s *Server) Next(ctx context.Context, a cassette.Ask) (cassette.Turn, error) {
	if s.hasEnded() {
		return cassette.Turn{}, errEnded
	}
	return s.Sequence.Next(ctx, a)
}

func (s *Server) hasEnded() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ended
}

// Begin implements cassette.Store.
func (s *Server) Begin() (cassette.Entry, error) {
	p := &process{server: s}
	if err := p.begin(); err != nil {
		return nil, err
	}
	return &localEntry{process: p}, nil
}

func (s *Server) append(lines []byte) error {
	err := s.Appender.Append(lines)
	if err != nil {
		s.mu.Lock()
		defer s.mu.Unlock()
		s.lost = cmp.Or(s.lost, err)
	}
	return err
}

// End refuses further exchanges, and waits, no longer than limit, until those under way are kept. It returns why exchanges
// could not be kept; nil if none was lost.
func (s *Server) End(limit time.Duration) error {
	s.mu.Lock()
	s.ended, s.idle = true, make(chan struct{})
	if s.underWay == 0 {
		close(s.idle)
	}
	s.mu.Unlock()
	select {
	case <-s.idle:
	case <-time.After(limit):
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.underWay > 0 {
		return errors.Join(s.lost, stillUnderWay(s.underWay))
	}
	return s.lost
}

func stillUnderWay(exchanges int) error {
	if exchanges == 1 {
		return errors.New("1 exchange was still under way")
	}
	return fmt.Errorf("%d exchanges were still under way", exchanges)
}

// Wait waits until all reports of taken answers are read. It must be called after the end of the handler's context.
func (s *Server) Wait() { s.listening.Wait() }

// replaying is a process that replays.
type replaying struct {
	server *Server
	ctx    context.Context //nolint:containedctx // it lives as long as the connection
	id     int64
}

func (p *replaying) answered() {}

// take returns whose turn it is.
func (p *replaying) take(asks []cassette.Ask) ([]cassette.Turn, error) {
	turns := make([]cassette.Turn, len(asks))
	for i, a := range asks {
		a.Process = p.id
		turn, err := p.server.Next(p.ctx, a)
		if err != nil {
			return nil, err
		}
		turns[i] = turn
	}
	return turns, nil
}

// localEntry is an exchange of the server's own process.
type localEntry struct{ *process }

// Keep implements cassette.Entry.
func (e *localEntry) Keep(line []byte) error {
	defer e.end()
	return e.server.append(line)
}

// Drop implements cassette.Entry.
func (e *localEntry) Drop() { e.end() }

// process is a process that records. underWay counts its exchanges that have not ended, kept those of them that are in the
// file but not confirmed yet.
type process struct {
	server         *Server
	underWay, kept int
}

// take takes the steps of a process, and returns the problem with each. The lines are kept in one write.
func (p *process) take(steps []step) (problems []string, err error) {
	problems = make([]string, len(steps))
	var lines []byte
	kept := 0
	for i, s := range steps {
		switch s.Do {
		case begin:
			if err := p.begin(); err != nil {
				problems[i] = err.Error()
			}
		case keep:
			lines = append(lines, s.Line...)
			kept++
		case drop:
			p.done(1)
		}
	}
	if kept == 0 {
		return problems, nil
	}
	err = p.server.append(lines)
	p.kept += kept
	for i, s := range steps {
		if s.Do == keep && err != nil {
			problems[i] = err.Error()
		}
	}
	return problems, nil
}

func (p *process) answered() {
	p.done(p.kept)
	p.kept = 0
}

func (p *process) begin() error {
	s := p.server
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return errEnded
	}
	s.underWay++
	p.underWay++
	return nil
}

// done ends exchanges.
func (p *process) done(exchanges int) {
	s := p.server
	s.mu.Lock()
	defer s.mu.Unlock()
	exchanges = min(exchanges, p.underWay)
	p.underWay -= exchanges
	s.underWay -= exchanges
	if s.underWay == 0 && s.idle != nil && exchanges > 0 {
		close(s.idle)
	}
}

// end ends all exchanges of a process that has ended.
func (p *process) end() { p.done(p.underWay) }
