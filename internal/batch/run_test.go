package batch_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/batch"
)

// syncRecorder is a sink that records the times of its syncs.
type syncRecorder struct {
	sink
	begin  time.Time
	synced []time.Duration
}

func (c *syncRecorder) Sync() error {
	c.synced = append(c.synced, time.Since(c.begin))
	return nil
}

// TestSyncsEverySecond checks that results are synced every second while requests are in flight, and at the end.
func TestSyncsEverySecond(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		c := &syncRecorder{begin: time.Now()}
		cfg := config(&c.sink, 2, func(_ context.Context, prompt string) batch.Outcome {
			if prompt == "2" {
				time.Sleep(2500 * time.Millisecond)
			}
			return reply([]byte(prompt))
		})
		cfg.Sink = c
		if err := batch.Run(t.Context(), cfg, &numbers{upTo: 2}); err != nil {
			t.Fatal(err)
		}
		if want := []time.Duration{time.Second, 2 * time.Second, 2500 * time.Millisecond}; !slices.Equal(c.synced, want) {
			t.Errorf("made safe after %v, want %v", c.synced, want)
		}
	})
}

// TestBuffersAreNotShared checks that no worker overwrites a line that is still held.
func TestBuffersAreNotShared(t *testing.T) {
	t.Parallel()
	for _, ordered := range []bool{true, false} {
		synctest.Test(t, func(t *testing.T) {
			const records = 200
			s := &sink{ordered: ordered}
			cfg := config(s, 4, func(_ context.Context, prompt string) batch.Outcome {
				if prompt == "1" {
					time.Sleep(time.Hour)
				}
				return reply([]byte(prompt))
			})
			cfg.Format = nil
			if err := batch.Run(t.Context(), cfg, &numbers{upTo: records}); err != nil {
				t.Fatal(err)
			}
			all := strings.Join(s.got, "")
			for n := range records {
				if part := fmt.Sprintf(`"body":%d},"error":null,"line":%d,`, n+1, n+1); strings.Count(all, part) != 1 {
					t.Errorf("ordered %v: %q is there %d times", ordered, part, strings.Count(all, part))
				}
			}
		})
	}
}
