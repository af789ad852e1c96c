package cli

import (
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"time"
)

// limitGC lets garbage take a fixed room beside the memory in use, not a multiple of it, until the function that it returns is
// called: with little in use the collector would run all the time, and with a million ids the room would be as large as they
// are.
func limitGC() (stop func()) {
	tune()
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				tune()
			case <-quit:
				return
			}
		}
	}()
	return sync.OnceFunc(func() { close(quit); <-done })
}

// tune sets the collector's target by the memory that is in use.
func tune() {
	const room = 14 << 20
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	debug.SetGCPercent(int(min(400, max(50, room*100/max(1, live[0].Value.Uint64())))))
}
