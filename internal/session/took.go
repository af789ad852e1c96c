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

// A process tells of the answers that it took without asking, as their offsets: after a moment, or when they are many,
// because each message costs both processes more time than an answer does.
const (
	tellAfter = 5 * time.Millisecond
	tellAt    = 512
)

// teller tells a session which answers its process took.
type teller struct {
	url string

	mu      sync.Mutex
	conn    io.Writer
	pending []byte
	timer   *time.Timer
}

// tell adds an answer to those that the session is told of.
func (t *teller) tell(offset int64) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.pending = binary.BigEndian.AppendUint64(t.pending, uint64(offset))
	switch {
	case len(t.pending) >= 8*tellAt:
		t.send()
	case t.timer == nil:
		t.timer = time.AfterFunc(tellAfter, t.flush)
	case len(t.pending) == 8:
		t.timer.Reset(tellAfter)
	}
}

// flush tells the session what it has not been told.
func (t *teller) flush() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.send()
}

// send sends what is pending. The caller holds t.mu. A session that has ended counts no more.
func (t *teller) send() {
	if len(t.pending) == 0 {
		return
	}
	if t.conn == nil {
		conn, err := upgrade(t.url)
		if err != nil {
			return
		}
		t.conn = conn
	}
	_, _ = t.conn.Write(t.pending)
	t.pending = t.pending[:0]
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

// lastMoment is enough to read what has arrived.
const lastMoment = 50 * time.Millisecond

// serveTook hears what one process took.
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
