package cli

import (
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"time"
)

// limitGC keeps the garbage below a nearly constant size until stop is called. With Go's default, a multiple of the
// live heap, the collector would run all the time on a small heap, and a million ids would double the memory.
func limitGC() (stop func()) {
	setGCTarget()
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				setGCTarget()
			case <-quit:
				return
			}
		}
	}()
	return sync.OnceFunc(func() { close(quit); <-done })
}

// setGCTarget sets the target of the garbage collector according to the size of the live heap. The percentage holds for the heap
// as it was last seen: when that was small, and large records follow, the limit keeps the garbage small.
func setGCTarget() {
	const room, least = 14 << 20, 32 << 20
	sample := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(sample)
	live := int64(max(1, sample[0].Value.Uint64()))
	debug.SetGCPercent(int(min(400, max(50, room*100/live))))
	debug.SetMemoryLimit(max(least, live+live/4+room*3/4))
}
