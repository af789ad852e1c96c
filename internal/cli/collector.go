package cli

import (
	"runtime/debug"
	"runtime/metrics"
	"sync"
	"time"
)

// limitGC keeps the garbage below a nearly constant size until stop is called. With Go's default, a multiple of the
// live heap, the collector would run all the time on a small heap, and a million ids would double the memory.
func limitGC() (stop func()) { return adjust(setGCTarget) }

// limitMemory keeps a thousand streams of a server below 100 MiB until stop is called. With Go's default, the garbage of
// streams that end at the same time would double the memory.
func limitMemory() (stop func()) { return adjust(setMemoryLimit) }

// adjust calls set now, and then as long as the heap may change.
func adjust(set func(live uint64)) (stop func()) {
	set(liveHeap())
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				set(liveHeap())
			case <-quit:
				return
			}
		}
	}()
	return sync.OnceFunc(func() { close(quit); <-done })
}

func liveHeap() uint64 {
	live := []metrics.Sample{{Name: "/gc/heap/live:bytes"}}
	metrics.Read(live)
	return live[0].Value.Uint64()
}

// setGCTarget sets the target of the garbage collector according to the size of the live heap.
func setGCTarget(live uint64) {
	const room = 14 << 20
	debug.SetGCPercent(int(min(400, max(50, room*100/max(1, live)))))
}

// setMemoryLimit sets the memory that the collector works for. It grows with the live heap, because a limit near its size
// would keep the collector running.
func setMemoryLimit(live uint64) {
	const least = 72 << 20
	debug.SetMemoryLimit(int64(max(least, live+live/2)))
}
