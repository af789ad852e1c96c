// Package cassette records exchanges with a server in a file, and replays them.
//
// The file is JSONL, one exchange per line: the request (method, path relative to the base URL, body) and the response
// (status, the headers that clients use, body), or the error if there was no response. Headers of requests are never
// recorded. Equal requests of a parallel batch also have their place ("nth", and "attempt" after the first). People may
// edit the file and format it: requests are compared by their method, path and body, the key at the beginning of a line
// is only an index, and an exchange may take several lines.
package cassette

import (
	"errors"
	"io"
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

// String returns the name of the option and the command that use the mode.
func (m Mode) String() string {
	switch m {
	case Replay:
		return "replay"
	case Cache:
		return "cache"
	}
	return "record"
}

// Cassette is an http.RoundTripper around another one. It is safe for concurrent use.
//
// If the file has several replies to a request, each Cassette returns them in their order, beginning with the first;
// the last one is repeated. See Answers for several processes. Errors are those of Next, a *MissError or a *FileError. A
// cache hit has the header "Cache-Status: chatcmpl; hit".
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
	// ClientGone, if not nil, is the cancellation cause of a request whose client went away. What that client had received
	// is recorded as cut: a program that reads only the beginning of a stream does so again.
	ClientGone error
	// SyncLater lets a reply end as soon as its exchange is in the file, which the end of this process can't undo. The disk,
	// which takes longer than to forward a small reply, has it a moment later, at the latest when Wait returns.
	SyncLater bool
	// WriteFailed, if not nil, is called with the first error of writing to the file.
	WriteFailed func(error)
	// Answered is called with each response, or recorded failure, that comes from the file.
	Answered func(*http.Response, error)
	// Skipped is called at most once, with the number of lines that are no exchanges, if there are any.
	Skipped func(lines int)

	// Answers finds the answers of a replay; nil takes them from the file, for this process alone.
	Answers Answers
	// Took, if not nil, is called with the offset of an answer that is the only one to its request: Answers, which are those
	// of another process, need not be asked for it.
	Took func(offset int64)
	// Store keeps a recording; nil appends to the file.
	Store Store

	named    sync.Once // gives the next two the file's name
	appender Appender
	sequence Sequence                 // for Replay
	open     func() (*os.File, error) // for Replay; the file stays open, because to open it again takes long
	lost     firstError

	mu        sync.Mutex
	byKey     index // by the keys at the beginnings of lines; for Cache, as the rest
	byRequest index // by the keys of the requests; read once a request is not in byKey
	reported  bool
	explained int
	underWay  map[Key]chan struct{} // closed when the request has ended
}

// errNotRegular reports a file without random access.
var errNotRegular = errors.New("not a regular file")

// Wait waits until what was recorded is on disk.
func (c *Cassette) Wait() { c.appender.Wait() }

// WriteError returns the first error of writing an exchange, or nil.
func (c *Cassette) WriteError() error { return c.lost.get() }

// answer returns the recorded response, or the recorded failure.
func (c *Cassette) answer(req *http.Request, found *exchange) (*http.Response, error) {
	resp, err := found.answer(req, c.Timeouts)
	if err == nil && c.Mode == Cache {
		// Cache-Status is defined by RFC 9211.
		resp.Header.Set("Cache-Status", "chatcmpl; hit")
	}
	c.Answered(resp, err)
	return resp, err
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

func (c *Cassette) isCacheable(x *exchange) bool {
	return x.status == http.StatusOK && !x.cut && c.Cacheable(x.path, x.sent, x.body)
}
