// Package cassette keeps exchanges with a server in a file, and answers from it.
//
// The file is JSONL, a line an exchange: the request (method, path below the base URL, body)
// and the response (status, the headers that mean something, body), or the error where none
// came. No header of a request is ever in it. People may edit it: what tells requests apart is
// made from the request, and the key that a line begins with only says where to look first.
package cassette

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"net/http"
	"os"
	"strings"
	"sync"
)

// Mode is what is done with the file.
type Mode int

// The modes.
const (
	Record Mode = iota // every exchange goes to the server and is added to the file
	Replay             // every request is answered from the file; nothing is sent or written
	Cache              // what the file has a good reply to is answered from it, other good replies are added
)

// Cassette is an http.RoundTripper around another. It is safe for concurrent use.
//
// A request that the file holds several times is answered in their order, by each Cassette
// from the beginning; after the last one by that again. Errors are the next transport's, a
// *MissError, or a *FileError. A response of Cache from the file has the field
// "Cache-Status: chatcmpl; hit".
type Cassette struct {
	// Name is the file's name.
	Name string
	Mode Mode
	// Next sends what is not answered from the file; not used in a replay.
	Next http.RoundTripper
	// Base is the path of the base URL, which is no part of what tells requests apart.
	Base string
	// Good says whether the body of a 200 is a good reply to what was sent; for Cache.
	Good func(path string, sent, body []byte) bool
	// Redact replaces secrets in what is written, and in requests before they are looked up.
	Redact func([]byte) []byte
	// Cause says in plain words why no response came.
	Cause func(error) string
	// Bounds are the causes with which the caller ends a request that takes too long. They are
	// failures, kept by their texts, unlike whatever else ends a context.
	Bounds []error
	// Lost, if not nil, is told the first time that an exchange could not be added.
	Lost func(error)
	// Answered is told of each response, or failure, that comes from the file.
	Answered func(*http.Response, error)
	// PassedOver is told once, where there are any, how many lines of the file are no
	// exchanges.
	PassedOver func(lines int)

	adds appender

	mu        sync.Mutex
	known     index // by the keys that lines begin with
	all       index // by the keys that their requests have; empty until known had no answer
	told      bool
	explained int
	underWay  map[key]chan struct{} // closed when the request has ended; for Cache
}

// FileError is a file that could not be read.
type FileError struct{ Err error }

func (e *FileError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *FileError) Unwrap() error { return e.Err }

// errNotRegular says that a file can't be read at any place of it.
var errNotRegular = errors.New("not a regular file")

// Check says whether the file can be used, and makes it where it is to be written and is
// missing, readable by its owner alone.
func (c *Cassette) Check() error {
	info, err := os.Stat(c.Name)
	if err == nil && c.Mode != Record && !info.Mode().IsRegular() {
		return &fs.PathError{Op: "open", Path: c.Name, Err: errNotRegular}
	}
	flag := os.O_RDWR | os.O_CREATE
	if c.Mode == Replay {
		flag = os.O_RDONLY
	}
	f, err := os.OpenFile(c.Name, flag, 0o600)
	if err != nil {
		return err
	}
	return errors.Join(c.foreign(f), f.Close())
}

// foreign refuses to write to a file that begins as none of exchanges does: it is somebody's,
// named by mistake.
func (c *Cassette) foreign(f *os.File) error {
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return err
	}
	head := make([]byte, 4<<10)
	n, _ := f.ReadAt(head, 0)
	head = bytes.TrimSpace(head[:n])
	start := []byte(`{"key":`) // of a line, which a crash may have torn anywhere
	torn := bytes.HasPrefix(head, start) || bytes.HasPrefix(start, head)
	if c.Mode == Replay || torn || bytes.Contains(head, []byte(`"request"`)) {
		return nil
	}
	return &fs.PathError{Op: "open", Path: c.Name, Err: errNoExchanges}
}

// errNoExchanges says that a file is of another kind.
var errNoExchanges = errors.New("it holds something else than exchanges")

// Unwritten is why an exchange could not be added to the file, the first time that happened;
// nil where all were.
func (c *Cassette) Unwritten() error { return c.adds.failure() }

// RoundTrip implements http.RoundTripper.
func (c *Cassette) RoundTrip(req *http.Request) (*http.Response, error) {
	asked, sent, err := c.asked(req)
	if err != nil {
		return nil, err
	}
	if c.Mode == Record {
		return c.pass(req, asked, sent, func() {})
	}
	done, err := c.turn(req.Context(), asked)
	if err != nil {
		return nil, err
	}
	found, err := c.look(asked)
	if err == nil && found == nil {
		return c.pass(req, asked, sent, done)
	}
	done()
	if err != nil {
		return nil, err
	}
	resp, err := found.answer(req, c.Bounds)
	if err == nil && c.Mode == Cache {
		// As RFC 9211 has it.
		resp.Header.Set("Cache-Status", "chatcmpl; hit")
	}
	c.Answered(resp, err)
	return resp, err
}

// turn waits in a cache until no equal request is under way, whose reply may do for this one,
// or until ctx is done, whose cause it returns. done, which is called once, lets the next one
// go.
func (c *Cassette) turn(ctx context.Context, asked *exchange) (done func(), err error) {
	if c.Mode != Cache {
		return func() {}, nil
	}
	wanted := asked.key()
	for {
		c.mu.Lock()
		before, waits := c.underWay[wanted]
		if !waits {
			defer c.mu.Unlock()
			return c.begin(wanted), nil
		}
		c.mu.Unlock()
		select {
		case <-before:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// begin notes that a request is under way until the function it returns is called; c.mu is
// held.
func (c *Cassette) begin(k key) (done func()) {
	if c.underWay == nil {
		c.underWay = map[key]chan struct{}{}
	}
	mine := make(chan struct{})
	c.underWay[k] = mine
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.underWay, k)
		close(mine)
	}
}

// asked reads the request and closes its body, which it returns as it is sent.
func (c *Cassette) asked(req *http.Request) (x *exchange, sent []byte, err error) {
	if req.Body != nil {
		sent, err = io.ReadAll(req.Body)
		if err := errors.Join(err, req.Body.Close()); err != nil {
			return nil, nil, err
		}
	}
	path := strings.TrimPrefix(req.URL.Path, strings.TrimSuffix(c.Base, "/"))
	return &exchange{method: req.Method, path: path, sent: scrub(sent, c.Redact)}, sent, nil
}

// look finds the answer to a request. Where there is none it is nil, in a replay a
// *MissError.
func (c *Cassette) look(asked *exchange) (*exchange, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	wanted := asked.key()
	take := func(at int64) (*exchange, error) { return c.take(at, wanted) }
	if c.known.chains == nil || c.Mode == Cache && c.grown() {
		if err := c.read(c.known.end, c.known.readKeys); err != nil {
			return nil, err
		}
	}
	found, err := c.known.find(wanted, take)
	if found != nil || err != nil {
		c.tell(c.known.foreign)
		return found, err
	}
	if c.all.chains == nil {
		if err := c.read(0, c.all.readAll); err != nil {
			return nil, err
		}
	}
	c.tell(c.all.foreign)
	found, err = c.all.find(wanted, take)
	if found != nil || err != nil || c.Mode == Cache {
		return found, err
	}
	return nil, c.miss(asked)
}

// grown says whether somebody, perhaps this process, added to the file.
func (c *Cassette) grown() bool {
	info, err := os.Stat(c.Name)
	return err != nil || info.Size() > c.known.end
}

// take reads the exchange at a place; nil where it is not one that was wanted.
func (c *Cassette) take(at int64, wanted key) (found *exchange, err error) {
	err = c.read(at, func(r io.Reader) error {
		text, err := bufio.NewReader(r).ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		x, err := parse(text)
		if err == nil && x.key() == wanted && (c.Mode == Replay || c.good(x)) {
			found = x
		}
		return nil
	})
	return found, err
}

func (c *Cassette) good(x *exchange) bool {
	return x.status == http.StatusOK && !x.cut && c.Good(x.path, x.sent, x.body)
}

// read opens the file for reading from a place on.
func (c *Cassette) read(from int64, use func(io.Reader) error) error {
	f, err := os.Open(c.Name)
	if err != nil {
		return &FileError{err}
	}
	defer func() { _ = f.Close() }()
	if _, err = f.Seek(from, io.SeekStart); err == nil {
		err = use(f)
	}
	if err != nil {
		return &FileError{err}
	}
	return nil
}

func (c *Cassette) tell(passedOver int) {
	if !c.told && passedOver > 0 {
		c.PassedOver(passedOver)
	}
	c.told = true
}

func (c *Cassette) miss(asked *exchange) error {
	e := &MissError{File: c.Name}
	if c.explained == maxExplained {
		return e
	}
	c.explained++
	if err := c.read(0, func(r io.Reader) error { return e.explain(r, asked) }); err != nil {
		return err
	}
	return e
}
