package lock

import (
	"context"
	"errors"
	"io"
	"time"
)

// pollInterval is the interval between two tries of Point. No system lets a wait for such a lock be canceled.
const pollInterval = 20 * time.Millisecond

// Point locks one of the many points of a file, which a number selects, so that processes can take turns at something
// else than writing: no point hinders a reader or a writer of the file. Point waits while another holder has the lock, or
// until ctx ends, whose cause it returns. Closing the result releases the lock, as does the end of the process.
func Point(ctx context.Context, name string, number uint64) (io.Closer, error) {
	for {
		held, err := tryPoint(name, number)
		if !errors.Is(err, ErrHeld) {
			return held, err
		}
		select {
		case <-time.After(pollInterval):
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
}
