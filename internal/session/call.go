package session

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync"
)

// protocol names the lines of JSON that follow an upgrade of HTTP.
const protocol = "chatcmpl-session"

// answered holds the answers to a list of calls, or an error that concerns all of them.
type answered[A any] struct {
	Answers []A    `json:"answers,omitempty"`
	Error   string `json:"error,omitempty"`
}

// caller makes calls to a session over one connection. Calls that come while others are under way are sent together.
type caller[C, A any] struct {
	url string

	calling sync.Mutex // held while a group is under way
	conn    io.ReadWriteCloser
	in      *json.Decoder
	out     *json.Encoder

	mu   sync.Mutex
	next *group[C, A] // called next; nil if there is none
}

type group[C, A any] struct {
	calls   []C
	once    sync.Once
	answers []A
	err     error
}

// call makes one call.
func (c *caller[C, A]) call(what C) (answer A, err error) {
	c.mu.Lock()
	if c.next == nil {
		c.next = &group[C, A]{}
	}
	g := c.next
	n := len(g.calls)
	g.calls = append(g.calls, what)
	c.mu.Unlock()
	g.once.Do(func() {
		c.calling.Lock()
		defer c.calling.Unlock()
		c.mu.Lock()
		c.next = nil
		c.mu.Unlock()
		g.answers, g.err = c.callAll(g.calls)
	})
	if g.err != nil {
		return answer, g.err
	}
	return g.answers[n], nil
}

// callAll makes calls. The caller holds c.calling.
func (c *caller[C, A]) callAll(calls []C) ([]A, error) {
	if err := c.connect(); err != nil {
		return nil, err
	}
	var got answered[A]
	err := c.out.Encode(calls)
	if err == nil {
		err = c.in.Decode(&got)
	}
	switch {
	case err != nil:
		return nil, errEnded
	case got.Error != "":
		return nil, errors.New(got.Error)
	case len(got.Answers) != len(calls):
		return nil, fmt.Errorf("the session gave %d answers to %d calls", len(got.Answers), len(calls))
	}
	return got.Answers, nil
}

// errEnded reports that the command has ended to which the session belongs.
var errEnded = errors.New("the chatcmpl record or replay that started this has ended")

// connect opens the connection unless it is open. It stays open as long as the process: its end shows the session that
// the process ended.
func (c *caller[C, A]) connect() error {
	if c.conn != nil {
		return nil
	}
	conn, err := upgrade(c.url)
	if err != nil {
		return err
	}
	c.conn, c.in, c.out = conn, json.NewDecoder(conn), json.NewEncoder(conn)
	return nil
}

// upgrade opens a connection to a path of the session.
func upgrade(url string) (io.ReadWriteCloser, error) {
	req, err := http.NewRequestWithContext(context.Background(), http.MethodGet, url, nil)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Connection", "Upgrade")
	req.Header.Set("Upgrade", protocol)
	resp, err := (&http.Transport{}).RoundTrip(req)
	if err != nil {
		return nil, errEnded
	}
	conn, ok := resp.Body.(io.ReadWriteCloser)
	if !ok {
		return nil, errors.Join(fmt.Errorf("the session answered status %d", resp.StatusCode), resp.Body.Close())
	}
	return conn, nil
}

// hijack takes the connection of an upgrade over. The answer is sent with the first flush.
func hijack(w http.ResponseWriter) (net.Conn, *bufio.ReadWriter, error) {
	conn, buffered, err := http.NewResponseController(w).Hijack()
	if err == nil {
		_, _ = fmt.Fprintf(buffered, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: %s\r\n\r\n", protocol)
	}
	return conn, buffered, err
}

// answerer answers the calls of one process.
type answerer[C, A any] interface {
	// take makes calls and returns their answers.
	take(calls []C) ([]A, error)
	// answered is called once the process has the answers.
	answered()
}

// serveCalls answers the calls of one connection until its other end closes it, or ctx ends.
func serveCalls[C, A any](ctx context.Context, w http.ResponseWriter, by answerer[C, A]) {
	conn, buffered, err := hijack(w)
	if err != nil {
		return
	}
	defer func() { _ = conn.Close() }()
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	defer stop()
	answerCalls(buffered, by)
}

func answerCalls[C, A any](conn *bufio.ReadWriter, by answerer[C, A]) {
	in, out := json.NewDecoder(conn), json.NewEncoder(conn)
	for conn.Flush() == nil {
		by.answered()
		var calls []C
		if in.Decode(&calls) != nil {
			return
		}
		answers, err := by.take(calls)
		reply := answered[A]{Answers: answers}
		if err != nil {
			reply = answered[A]{Error: err.Error()}
		}
		if out.Encode(reply) != nil {
			return
		}
	}
}
