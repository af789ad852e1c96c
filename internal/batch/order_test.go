package batch_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/batch"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/input"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
	"github.com/chatcmpl/chatcmpl/internal/results"
)

// sink keeps the results. Write fails for the result that begins with fail.
type sink struct {
	ordered bool
	got     []string
	fail    string
	slow    time.Duration
}

func (s *sink) Write(text []byte) error {
	time.Sleep(s.slow)
	if s.fail != "" && strings.HasPrefix(string(text), s.fail) {
		return errors.New("no space")
	}
	s.got = append(s.got, string(text))
	return nil
}
func (s *sink) Sync() error   { return nil }
func (s *sink) Ordered() bool { return s.ordered }

// numbers is an input of upTo lines, each holding its number. It counts the lines that were read.
type numbers struct {
	upTo   int
	served atomic.Int64
	unread []byte
}

func (n *numbers) Read(p []byte) (int, error) {
	if len(n.unread) == 0 {
		if int(n.served.Load()) == n.upTo {
			return 0, io.EOF
		}
		n.unread = fmt.Appendf(nil, "%d\n", n.served.Add(1))
	}
	k := copy(p, n.unread)
	n.unread = n.unread[k:]
	return k, nil
}

// config returns a configuration that passes each prompt to send and writes the line number and the body.
func config(s *sink, jobs int, send func(ctx context.Context, prompt string) batch.Outcome) *batch.Config {
	return &batch.Config{
		Records: input.Records{Lines: true}, Jobs: jobs, Sink: s, MaxFailed: -1, Stats: &batch.Stats{},
		Request: func(record *input.Record) (*api.Request, error) {
			return &api.Request{Messages: []rawjson.Doc{rawjson.Of([]byte(*record.Prompt))}}, nil
		},
		Send: func(ctx context.Context, req *api.Request) batch.Outcome {
			return send(ctx, string(req.Messages[0].Bytes()))
		},
		Format: func(_ context.Context, r *batch.Result) ([]byte, error) {
			return fmt.Appendf(nil, "%d %s\n", r.Line, r.Body), nil
		},
	}
}

// reply returns a successful outcome.
func reply(body []byte) batch.Outcome {
	return batch.Outcome{Response: results.Response{Status: 200, Body: body}}
}

// TestOrderWithSlowFirst checks that results are held back until the first one is written, that no more records are
// read meanwhile than may be held, and that none is lost.
func TestOrderWithSlowFirst(t *testing.T) {
	t.Parallel()
	const records = 20_000
	for _, slow := range []time.Duration{0, 2 * time.Millisecond} {
		synctest.Test(t, func(t *testing.T) {
			in, s := &numbers{upTo: records}, &sink{ordered: true, slow: slow}
			err := batch.Run(t.Context(), config(s, 8, func(_ context.Context, prompt string) batch.Outcome {
				if prompt == "1" {
					time.Sleep(time.Hour)
					if n := in.served.Load(); n > 4096+8+2 {
						t.Errorf("%d records are taken in while the first is under way", n)
					}
				}
				time.Sleep(time.Millisecond)
				return reply([]byte(prompt))
			}), in)
			if err != nil || len(s.got) != records {
				t.Fatalf("%d results, %v", len(s.got), err)
			}
			inOrder(t, s.got)
		})
	}
}

func inOrder(t *testing.T, results []string) {
	t.Helper()
	for i, got := range results {
		if want := fmt.Sprintf("%d %d\n", i+1, i+1); got != want {
			t.Fatalf("result %d is %q", i+1, got)
		}
	}
}

// TestOrderBoundsBytes checks that only few records are read ahead if results are large.
func TestOrderBoundsBytes(t *testing.T) {
	t.Parallel()
	large := bytes.Repeat([]byte("x"), 4<<20)
	synctest.Test(t, func(t *testing.T) {
		in, s := &numbers{upTo: 30}, &sink{ordered: true}
		err := batch.Run(t.Context(), config(s, 4, func(_ context.Context, prompt string) batch.Outcome {
			if prompt == "1" {
				time.Sleep(time.Hour)
				if n := in.served.Load(); n > 9+4+4+2 {
					t.Errorf("%d records are taken in while the first is under way", n)
				}
				return reply(nil)
			}
			return reply(large)
		}), in)
		if err != nil || len(s.got) != 30 {
			t.Errorf("%d results, %v", len(s.got), err)
		}
	})
}

// TestUnordered checks that results are written as they arrive.
func TestUnordered(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &sink{}
		err := batch.Run(t.Context(), config(s, 3, func(_ context.Context, prompt string) batch.Outcome {
			time.Sleep(time.Duration('9'-prompt[0]) * time.Second)
			return reply(nil)
		}), &numbers{upTo: 3})
		if want := []string{"3 \n", "2 \n", "1 \n"}; err != nil || !slices.Equal(s.got, want) {
			t.Errorf("%q, %v", s.got, err)
		}
	})
}

// TestCancelKeepsResults cancels a run before one record is done. The results after it are written nevertheless, behind
// a placeholder if there is one.
func TestCancelKeepsResults(t *testing.T) {
	t.Parallel()
	for _, gap := range []string{"", "-\n"} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithCancelCause(t.Context())
			cause := errors.New("^C")
			s := &sink{ordered: true}
			cfg := config(s, 4, func(ctx context.Context, prompt string) batch.Outcome {
				if prompt == "2" {
					<-ctx.Done()
					return batch.Outcome{NotDone: true}
				}
				time.Sleep(time.Second)
				if prompt == "3" {
					cancel(cause)
					time.Sleep(time.Second)
				}
				return reply(nil)
			})
			if gap != "" {
				cfg.Placeholder = []byte(gap)
			}
			err := batch.Run(ctx, cfg, &numbers{upTo: 4})
			if want := "1 \n" + gap + "3 \n4 \n"; !errors.Is(err, cause) || strings.Join(s.got, "") != want {
				t.Errorf("%q, %v", s.got, err)
			}
		})
	}
}

// TestWriteError checks that a write error ends the run at once, although requests are in flight, and names the record
// of the failed result, not the one whose result released it.
func TestWriteError(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := &sink{ordered: true, fail: "2 "}
		begin := time.Now()
		cfg := config(s, 4, func(_ context.Context, prompt string) batch.Outcome {
			switch prompt {
			case "1":
				time.Sleep(time.Second)
			case "4":
				time.Sleep(time.Hour)
			}
			return reply(nil)
		})
		err := batch.Run(t.Context(), cfg, &numbers{upTo: 4})
		var writeErr *results.WriteError
		if !errors.As(err, &writeErr) || writeErr.Line != 2 || writeErr.CustomID != "request-2" {
			t.Errorf("%v", err)
		}
		if elapsed := time.Since(begin); elapsed != time.Second {
			t.Errorf("it took %v", elapsed)
		}
		time.Sleep(time.Hour)
	})
}

// TestResultBeforeEndOfInput checks that a result is written while the input is still open.
func TestResultBeforeEndOfInput(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		in, feed := io.Pipe()
		s := &sink{ordered: true}
		done := make(chan error)
		go func() {
			done <- batch.Run(t.Context(), config(s, 4, func(context.Context, string) batch.Outcome {
				return reply(nil)
			}), in)
		}()
		_, _ = io.WriteString(feed, "a\n")
		synctest.Wait()
		if len(s.got) != 1 {
			t.Errorf("%q", s.got)
		}
		_ = feed.Close()
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
}

// TestLimits checks that limits end a run, and that requests in flight are finished.
func TestLimits(t *testing.T) {
	t.Parallel()
	failed := batch.Outcome{Response: results.Response{Failure: &failure.Report{Kind: failure.Refused}}, Ticks: -1}
	paid := reply([]byte("{}"))
	paid.Ticks = 3
	free := reply([]byte("{}"))
	free.Replied, free.Ticks = true, -1
	for name, test := range map[string]struct {
		out       batch.Outcome
		maxFailed int
		maxTicks  int64
		want      int
		why       string
	}{
		"none":        {failed, -1, 0, 9, "9 records failed"},
		"fail fast":   {failed, 0, 0, 1, "the run ended early: the limit on failed records is reached; 1 record failed"},
		"two":         {failed, 2, 0, 3, "the run ended early: the limit on failed records is reached; 3 records failed"},
		"cost":        {paid, -1, 6, 2, "the run ended early: the cost limit is reached; 0 records failed"},
		"cost enough": {paid, -1, 28, 9, ""},
		"no cost":     {free, -1, 6, 1, "the run ended early: the server reports no cost, so --max-cost can't be enforced; 0 records failed"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := &sink{ordered: true}
			cfg := config(s, 1, func(context.Context, string) batch.Outcome { return test.out })
			cfg.MaxFailed, cfg.MaxTicks = test.maxFailed, test.maxTicks
			err := batch.Run(t.Context(), cfg, &numbers{upTo: 9})
			message := ""
			if err != nil {
				message = err.Error()
			}
			if len(s.got) != test.want || message != test.why {
				t.Errorf("%d results, %q", len(s.got), message)
			}
		})
	}
}
