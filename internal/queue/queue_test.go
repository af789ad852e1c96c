package queue

import (
	"os"
	"path/filepath"
	"reflect"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/batchapi"
)

func FuzzEntries(f *testing.F) {
	f.Add(encode([]entry{{key: 1, line: 2, choices: 1}, {key: 1 << 63, line: 1 << 40, choices: 1 << 30}}))
	f.Add([]byte("x"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		entries, err := decode(raw)
		if err != nil {
			return
		}
		again, err := decode(encode(entries))
		if err != nil || !reflect.DeepEqual(again, entries) {
			t.Errorf("%v, %v, not %v", again, err, entries)
		}
	})
}

// TestSchedule checks that the interval grows to five minutes, or stays at a longer first one.
func TestSchedule(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ first, last time.Duration }{{5 * time.Second, 5 * time.Minute}, {10 * time.Minute, 10 * time.Minute}} {
		synctest.Test(t, func(t *testing.T) {
			p := &part{}
			for i := range 40 {
				before := p.interval
				p.schedule(tt.first)
				if i == 0 && p.interval != tt.first || p.interval < before || time.Until(p.due) != p.interval {
					t.Errorf("%v after %v", p.interval, before)
				}
			}
			if p.interval != tt.last {
				t.Errorf("grows to %v, not %v", p.interval, tt.last)
			}
		})
	}
}

// TestShown checks the line of a batch, with the provider's counts.
func TestShown(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		since time.Duration
		total int64
		want  string
	}{
		{12 * time.Minute, 500, "batch ID: 120 of 500, 3 failed, 12 min"},
		{59 * time.Second, 500, "batch ID: 120 of 500, 3 failed, 59 s"},
		{150 * time.Minute, 500, "batch ID: 120 of 500, 3 failed, 2 h 30 min"},
		// Just after the creation the provider does not tell.
		{time.Second, 0, "batch ID: 120 of 2, 3 failed, 1 s"},
	} {
		synctest.Test(t, func(t *testing.T) {
			p := &part{batch: "ID", entries: make([]entry, 2), begun: time.Now().Add(-tt.since)}
			p.note(&batchapi.Status{Total: tt.total, Done: 120, Failed: 3})
			if got := p.status.String(); got != tt.want {
				t.Errorf("%q, not %q", got, tt.want)
			}
		})
	}
}

// TestState checks that a state that was written is read back, also when its last line is torn.
func TestState(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "state")
	s, found, err := openState(name)
	if err != nil || found {
		t.Fatal(found, err)
	}
	p := &part{entries: []entry{{key: 7, line: 3, choices: 1}}, size: 9}
	for _, step := range []func() error{
		func() error { return s.start(event{Base: "u", API: "xai", Deadline: "20h0m0s"}) },
		func() error { return s.add(p) },
		func() error { return s.move(p, uploading, "") },
		func() error { p.file = "f"; return s.move(p, uploaded, "") },
		func() error { return s.move(p, creating, "") },
		func() error { p.batch = "b"; return s.move(p, created, "") },
		func() error { return s.move(p, busy, "wait") },
	} {
		if err := step(); err != nil {
			t.Fatal(err)
		}
	}
	s.close()
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for end := range whole {
		if err := os.WriteFile(name, whole[:end], 0o600); err != nil {
			t.Fatal(err)
		}
		torn, _, err := openState(name)
		if err != nil {
			t.Fatalf("%q: %v", whole[:end], err)
		}
		torn.close()
	}
	if err := os.WriteFile(name, append(whole, `{"ev`...), 0o600); err != nil {
		t.Fatal(err)
	}
	read, found, err := openState(name)
	if err != nil || !found || len(read.parts) != 1 {
		t.Fatal(read, found, err)
	}
	defer read.close()
	got := read.parts[0]
	if got.stage != uploaded || got.file != "f" || got.batch != "" || !got.isFormer("b") || got.find(7) == nil || got.find(8) != nil || read.begin.Deadline != "20h0m0s" {
		t.Errorf("%+v", got)
	}
}

// TestAdopt checks that one event adopts a batch, so that no killed run leaves its part to be submitted.
func TestAdopt(t *testing.T) {
	t.Parallel()
	name := filepath.Join(t.TempDir(), "state")
	s := &state{name: name}
	if err := s.start(event{API: "xai"}); err != nil {
		t.Fatal(err)
	}
	if err := s.add(&part{entries: []entry{{key: 8, line: 4, choices: 1}}, batch: "b"}); err != nil {
		t.Fatal(err)
	}
	s.close()
	read, _, err := openState(name)
	if err != nil || len(read.parts) != 1 {
		t.Fatal(read, err)
	}
	defer read.close()
	if got := read.parts[0]; got.stage != created || got.batch != "b" || got.begun.IsZero() {
		t.Errorf("%+v", got)
	}
}

// TestSubmitted checks under the race detector that records may be looked for concurrently, also beside a part that is closed.
func TestSubmitted(t *testing.T) {
	t.Parallel()
	s := &state{}
	for _, e := range []event{
		{Event: beginning, Version: stateVersion},
		{Event: planned, Part: 1, Index: encode([]entry{{key: keyOf("a"), line: 1}})},
		{Event: planned, Part: 2, Index: encode([]entry{{key: keyOf("b"), line: 2}})},
		{Event: collected, Part: 1},
	} {
		if !s.apply(&e) {
			t.Fatal(e)
		}
	}
	q := &Queue{state: s}
	var group sync.WaitGroup
	for range 8 {
		group.Go(func() {
			if _, ok := q.Submitted("a"); ok {
				t.Error("a is in the closed part")
			}
			if _, ok := q.Submitted("b"); !ok {
				t.Error("b is not found")
			}
		})
	}
	group.Wait()
}
