package session

import (
	"bufio"
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/http"
	"sync"
	"time"
)

// A process reports the answers that it took without asking, by their offsets: after a moment, or when there are many,
// because a message costs both processes more time than an answer does.
const (
	reportAfter = 5 * time.Millisecond
	reportAt    = 512
)

// reporter reports to a session the answers that its process took.
type reporter struct {
	url string

	mu      sync.Mutex
	conn    io.Writer
	pending []byte
	timer   *time.Timer
}

// report adds an answer to those that are reported.
func (r *reporter) report(offset int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.pending = binary.BigEndian.AppendUint64(r.pending, uint64(offset))
	switch {
	case len(r.pending) >= 8*reportAt:
		r.send()
	case r.timer == nil:
		r.timer = time.AfterFunc(reportAfter, r.flush)
	case len(r.pending) == 8:
		r.timer.Reset(reportAfter)
	}
}

// flush reports all answers that are not reported yet.
func (r *reporter) flush() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.send()
}

// send sends what is pending. The caller holds r.mu. It ignores errors, because a session that has ended counts no more.
func (r *reporter) send() {
	if len(r.pending) == 0 {
		return
	}
	if r.conn == nil {
		conn, err := upgrade(r.url)
		if err != nil {
			return
		}
		r.conn = conn
	}
	_, _ = r.conn.Write(r.pending)
	r.pending = r.pending[:0]
}

// listen reads what a process took until its other end closes the connection, or ctx ends and what was sent before is read.
func listen(ctx context.Context, conn net.Conn, buffered *bufio.ReadWriter, took func(offset int64)) {
	stop := context.AfterFunc(ctx, func() { _ = conn.SetReadDeadline(time.Now().Add(lastMoment)) })
	defer stop()
	var offset [8]byte
	for {
		if _, err := io.ReadFull(buffered, offset[:]); err != nil {
			return
		}
		took(int64(binary.BigEndian.Uint64(offset[:])))
	}
}

// lastMoment is long enough to read what has arrived.
const lastMoment = 50 * time.Millisecond

// serveTook reads the reports of one process.
func (s *Server) serveTook(ctx context.Context, w http.ResponseWriter) {
	conn, buffered, err := hijack(w)
	if err != nil {
		return
	}
	defer func() { _ = conn.Close() }()
	if buffered.Flush() == nil {
		listen(ctx, conn, buffered, s.Sequence.Took)
	}
}
