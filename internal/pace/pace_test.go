package pace_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/pace"
)

// starts makes n attempts through a pace and returns the time at which each one started. Each lasts for lasting; end
// must end attempt i.
func starts(t *testing.T, p *pace.Pace, workers, n int, lasting time.Duration, end func(i int)) []time.Duration {
	t.Helper()
	var mu sync.Mutex
	var started []time.Duration
	var wg sync.WaitGroup
	first := time.Now()
	for range workers {
		wg.Go(func() {
			for {
				mu.Lock()
				done := n == 0
				if !done {
					n--
				}
				mu.Unlock()
				if done {
					return
				}
				if err := p.Start(t.Context()); err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				i := len(started)
				started = append(started, time.Since(first))
				mu.Unlock()
				time.Sleep(lasting)
				end(i)
			}
		})
	}
	wg.Wait()
	return started
}

func TestPaceSpacesRequestsEvenly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := pace.New(8, 120, 0)
		got := starts(t, p, 8, 6, 3*time.Second, func(int) { p.End(0, true) })
		for i, at := range got {
			if want := time.Duration(i) * 500 * time.Millisecond; at != want {
				t.Errorf("request %d starts at %v, want %v", i, at, want)
			}
		}
		// Unused starts do not accumulate during a pause.
		time.Sleep(time.Minute)
		got = starts(t, p, 8, 3, 0, func(int) { p.End(0, true) })
		if want := []time.Duration{0, 500 * time.Millisecond, time.Second}; !slices.Equal(got, want) {
			t.Errorf("after a pause: %v", got)
		}
	})
}

// TestEndUnsent checks that attempts that send nothing take no time, and that later ones are spaced evenly.
func TestEndUnsent(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p, begin := pace.New(4, 1, 0), time.Now()
		var all sync.WaitGroup
		for range 4 {
			all.Go(func() {
				for range 100 {
					if p.Start(t.Context()) == nil {
						p.EndUnsent()
					}
				}
			})
		}
		all.Wait()
		if elapsed := time.Since(begin); elapsed != 0 {
			t.Errorf("what is not sent took %v", elapsed)
		}
		for range 3 {
			if p.Start(t.Context()) == nil {
				p.End(0, true)
			}
		}
		if elapsed := time.Since(begin); elapsed != 2*time.Minute {
			t.Errorf("three at one a minute took %v", elapsed)
		}
	})
}

func TestPaceLimitsTokens(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := pace.New(1, 0, 600)
		got := starts(t, p, 1, 4, time.Second, func(int) { p.End(100, true) })
		if want := []time.Duration{0, 11 * time.Second, 22 * time.Second, 33 * time.Second}; !slices.Equal(got, want) {
			t.Errorf("starts: %v", got)
		}
	})
}

// TestPaceWithBothLimits checks that the slower of two limits counts, not their sum.
func TestPaceWithBothLimits(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		p := pace.New(1, 6, 600)
		got := starts(t, p, 1, 3, 0, func(int) { p.End(50, true) })
		if want := []time.Duration{0, 10 * time.Second, 20 * time.Second}; !slices.Equal(got, want) {
			t.Errorf("starts: %v", got)
		}
	})
}

// TestPaceCoolDown checks that no attempt starts during a Retry-After, not even one that was already waiting, and that
// concurrency then rises by one per success.
func TestPaceCoolDown(t *testing.T) {
	t.Parallel()
	for _, rpm := range []float64{0, 60} {
		synctest.Test(t, func(t *testing.T) {
			p := pace.New(4, rpm, 0)
			got := starts(t, p, 12, 24, time.Second, func(i int) {
				if i == 0 {
					p.CoolDown(5 * time.Minute)
				}
				p.End(0, i > 0)
			})
			first := slices.IndexFunc(got, func(at time.Duration) bool { return at > 2*time.Second })
			if first < 0 || got[first] != 5*time.Minute+time.Second {
				t.Fatalf("rpm %v: %v", rpm, got)
			}
			if rpm > 0 {
				return
			}
			// Concurrency doubles in each round, because each success raises it by one.
			want := []int{0, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4}
			for i, at := range got[first : first+len(want)] {
				if int((at-got[first])/time.Second) != want[i] {
					t.Errorf("after the cool-down: %v, want %v", got[first:], want)
				}
			}
		})
	}
}

func TestPaceEndsWithItsContext(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		p := pace.New(1, 0, 0)
		p.CoolDown(time.Hour)
		errs := make(chan error)
		for range 3 {
			go func() { errs <- p.Start(ctx) }()
		}
		time.Sleep(time.Second)
		cancel()
		for range 3 {
			if err := <-errs; !errors.Is(err, context.Canceled) {
				t.Error(err)
			}
		}
		if time.Sleep(time.Hour); p.Start(t.Context()) != nil {
			t.Error("the place was not given back")
		}
	})
}
