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
func adjust(set func(memory)) (stop func()) {
	set(inUse())
	quit, done := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(done)
		tick := time.NewTicker(50 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				set(inUse())
			case <-quit:
				return
			}
		}
	}()
	return sync.OnceFunc(func() { close(quit); <-done })
}

// memory holds the sizes in bytes of what the collector can't free: live objects, and what is no heap, such as stacks.
type memory struct{ live, other int64 }

func inUse() memory {
	sizes := []metrics.Sample{
		{Name: "/gc/heap/live:bytes"},
		{Name: "/memory/classes/total:bytes"},
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/memory/classes/heap/free:bytes"},
		{Name: "/memory/classes/heap/unused:bytes"},
		{Name: "/memory/classes/heap/released:bytes"},
	}
	metrics.Read(sizes)
	used := memory{live: int64(sizes[0].Value.Uint64()), other: int64(sizes[1].Value.Uint64())}
	for _, heap := range sizes[2:] {
		used.other -= int64(heap.Value.Uint64())
	}
	return used
}

// setGCTarget sets the target of the garbage collector according to the size of the live heap. The percentage holds for the heap
// as it was last seen: when that was small, and large records follow, the limit keeps the garbage small.
func setGCTarget(used memory) {
	const room, least = 14 << 20, 25 << 20
	debug.SetGCPercent(int(min(400, max(50, room*100/max(1, used.live)))))
	debug.SetMemoryLimit(used.other + max(least, used.live+max(room/2, used.live/4)))
}

// setMemoryLimit sets the memory that the collector works for. It grows with the live heap, because a limit near its size
// would keep the collector running.
func setMemoryLimit(used memory) {
	const least = 72 << 20
	debug.SetMemoryLimit(max(least, used.other+used.live+used.live/2))
}
