// Package cassette records exchanges with a server in a file, and replays them.
//
// The file is JSONL, one exchange per line: the request (method, path relative to the base URL, body) and the response
// (status, the headers that clients use, body), or the error if there was no response. Headers of requests are never
// recorded. People may edit the file: requests are compared by their method, path and body, and the key at the
// beginning of a line is only an index.
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

// Mode selects how the file is used.
type Mode int

// The modes.
const (
	Record Mode = iota // send every request, and append every exchange to the file
	Replay             // answer every request from the file; send and write nothing
	Cache              // answer from cacheable replies in the file; send other requests, and append cacheable replies
)

// Cassette is an http.RoundTripper around another one. It is safe for concurrent use.
//
// If the file has several replies to a request, each Cassette returns them in their order, beginning with the first;
// the last one is repeated. Errors are those of Next, a *MissError or a *FileError. A cache hit has the header
// "Cache-Status: chatcmpl; hit".
type Cassette struct {
	// Name is the file's name.
	Name string
	Mode Mode
	// Next sends the requests that are not answered from the file; unused by Replay.
	Next http.RoundTripper
	// Base is the path of the base URL. It is cut from paths, so that a file can be replayed with another base URL.
	Base string
	// Cacheable reports whether the body of a 200 response may answer later requests; used by Cache.
	Cacheable func(path string, sent, body []byte) bool
	// Redact replaces secrets in everything that is written, and in requests before they are looked up.
	Redact func([]byte) []byte
	// Cause describes an error of Next in plain words.
	Cause func(error) string
	// Timeouts holds the cancellation causes of a request that takes too long. These are failures, recorded as their
	// text; requests that were canceled otherwise are not recorded.
	Timeouts []error
	// WriteFailed, if not nil, is called with the first error of writing to the file.
	WriteFailed func(error)
	// Answered is called with each response, or recorded failure, that comes from the file.
	Answered func(*http.Response, error)
	// Skipped is called at most once, with the number of lines that are no exchanges, if there are any.
	Skipped func(lines int)

	appender appender

	mu        sync.Mutex
	byKey     index // by the keys at the beginnings of lines
	byRequest index // by the keys of the requests; read once a request is not in byKey
	reported  bool
	explained int
	underWay  map[key]chan struct{} // closed when the request has ended; for Cache
}

// FileError reports that the file could not be read.
type FileError struct{ Err error }

func (e *FileError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *FileError) Unwrap() error { return e.Err }

// errNotRegular reports a file without random access.
var errNotRegular = errors.New("not a regular file")

// Check reports why the file can't be used; nil if it can. Unless the mode is Replay, it creates a missing file,
// readable by its owner only.
func (c *Cassette) Check() error {
	info, err := os.Stat(c.Name)
	if err == nil && !info.Mode().IsRegular() && (c.Mode != Record || info.Mode()&fs.ModeNamedPipe != 0) {
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
	return errors.Join(c.checkForeign(f), f.Close())
}

// checkForeign returns an error if the file is to be written but does not begin like a file of exchanges. Its name was
// probably given by mistake.
func (c *Cassette) checkForeign(f *os.File) error {
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return err
	}
	head := make([]byte, 4<<10)
	n, _ := f.ReadAt(head, 0)
	head = bytes.TrimSpace(head[:n])
	start := []byte(`{"key":`) // a crash may have left any part of this
	begins := bytes.HasPrefix(head, start) || bytes.HasPrefix(start, head)
	if c.Mode == Replay || begins || bytes.Contains(head, []byte(`"request"`)) {
		return nil
	}
	return &fs.PathError{Op: "open", Path: c.Name, Err: errNoExchanges}
}

// errNoExchanges reports a file of another kind.
var errNoExchanges = errors.New("it holds something else than exchanges")

// WriteError returns the first error of writing an exchange, or nil.
func (c *Cassette) WriteError() error { return c.appender.failure() }

// RoundTrip implements http.RoundTripper.
func (c *Cassette) RoundTrip(req *http.Request) (*http.Response, error) {
	request, sent, err := c.readRequest(req)
	if err != nil {
		return nil, err
	}
	if c.Mode == Record {
		return c.forward(req, request, sent, func() {})
	}
	done, err := c.turn(req.Context(), request)
	if err != nil {
		return nil, err
	}
	found, err := c.lookUp(request)
	if err == nil && found == nil {
		return c.forward(req, request, sent, done)
	}
	done()
	if err != nil {
		return nil, err
	}
	resp, err := found.answer(req, c.Timeouts)
	if err == nil && c.Mode == Cache {
		// Cache-Status is defined by RFC 9211.
		resp.Header.Set("Cache-Status", "chatcmpl; hit")
	}
	c.Answered(resp, err)
	return resp, err
}

// turn waits, in a cache, until no equal request is under way, because the reply to that one may answer this one too.
// If ctx ends first, turn returns its cause. done lets the next equal request proceed; it must be called once.
func (c *Cassette) turn(ctx context.Context, request *exchange) (done func(), err error) {
	if c.Mode != Cache {
		return func() {}, nil
	}
	wanted := request.key()
	for {
		c.mu.Lock()
		previous, exists := c.underWay[wanted]
		if !exists {
			defer c.mu.Unlock()
			return c.begin(wanted), nil
		}
		c.mu.Unlock()
		select {
		case <-previous:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}

// begin marks a request as under way until done is called. The caller holds c.mu.
func (c *Cassette) begin(k key) (done func()) {
	if c.underWay == nil {
		c.underWay = map[key]chan struct{}{}
	}
	ended := make(chan struct{})
	c.underWay[k] = ended
	return func() {
		c.mu.Lock()
		defer c.mu.Unlock()
		delete(c.underWay, k)
		close(ended)
	}
}

// readRequest reads the request and closes its body. It returns an exchange without a reply, and the body as it is
// sent.
func (c *Cassette) readRequest(req *http.Request) (x *exchange, sent []byte, err error) {
	if req.Body != nil {
		sent, err = io.ReadAll(req.Body)
		if err := errors.Join(err, req.Body.Close()); err != nil {
			return nil, nil, err
		}
	}
	path := strings.TrimPrefix(req.URL.Path, strings.TrimSuffix(c.Base, "/"))
	return &exchange{method: req.Method, path: path, sent: c.Redact(sent)}, sent, nil
}

// lookUp returns the recorded exchange for a request. If there is none, it returns nil, or a *MissError in a replay.
func (c *Cassette) lookUp(request *exchange) (*exchange, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	wanted := request.key()
	load := func(offset int64) (*exchange, error) { return c.exchangeAt(offset, wanted) }
	if c.byKey.chains == nil || c.Mode == Cache && c.grown() {
		if err := c.read(c.byKey.end, c.byKey.readKeys); err != nil {
			return nil, err
		}
	}
	found, err := c.byKey.find(wanted, load)
	if found != nil || err != nil {
		c.reportSkipped(c.byKey.skipped)
		return found, err
	}
	if c.byRequest.chains == nil {
		if err := c.read(0, c.byRequest.readAll); err != nil {
			return nil, err
		}
	}
	c.reportSkipped(c.byRequest.skipped)
	found, err = c.byRequest.find(wanted, load)
	if found != nil || err != nil || c.Mode == Cache {
		return found, err
	}
	return nil, c.missError(request)
}

// grown reports whether this or another process has appended to the file since it was read.
func (c *Cassette) grown() bool {
	info, err := os.Stat(c.Name)
	return err != nil || info.Size() > c.byKey.end
}

// exchangeAt returns the exchange at an offset of the file, or nil if it is not a usable reply to the wanted request.
func (c *Cassette) exchangeAt(offset int64, wanted key) (found *exchange, err error) {
	err = c.read(offset, func(r io.Reader) error {
		text, err := bufio.NewReader(r).ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
		x, err := parse(text)
		if err == nil && x.key() == wanted && (c.Mode == Replay || c.isCacheable(x)) {
			found = x
		}
		return nil
	})
	return found, err
}

func (c *Cassette) isCacheable(x *exchange) bool {
	return x.status == http.StatusOK && !x.cut && c.Cacheable(x.path, x.sent, x.body)
}

// read opens the file and calls use with a reader that begins at an offset.
func (c *Cassette) read(offset int64, use func(io.Reader) error) error {
	f, err := os.Open(c.Name)
	if err != nil {
		return &FileError{err}
	}
	defer func() { _ = f.Close() }()
	if _, err = f.Seek(offset, io.SeekStart); err == nil {
		err = use(f)
	}
	if err != nil {
		return &FileError{err}
	}
	return nil
}

func (c *Cassette) reportSkipped(lines int) {
	if !c.reported && lines > 0 {
		c.Skipped(lines)
	}
	c.reported = true
}

func (c *Cassette) missError(request *exchange) error {
	e := &MissError{File: c.Name}
	if c.explained == maxExplained {
		return e
	}
	c.explained++
	if err := c.read(0, func(r io.Reader) error { return e.explain(r, request) }); err != nil {
		return err
	}
	return e
}
