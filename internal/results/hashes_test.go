package results

import (
	"math/rand/v2"
	"testing"
)

// TestHashes compares the table with a map.
func TestHashes(t *testing.T) {
	t.Parallel()
	var h hashes
	want := map[uint64]uint64{}
	random := rand.New(rand.NewPCG(1, 2))
	for range 200_000 {
		key := random.Uint64N(1 << (1 + random.Uint64N(63)))
		if got, ok := h.get(key); got != want[key] || ok != (want[key] != 0) {
			t.Fatalf("%d: got %d %v, want %d", key, got, ok, want[key])
		}
		want[key] = 1 + random.Uint64()>>1
		h.set(key, want[key])
	}
	for key, value := range want {
		if got, ok := h.get(key); got != value || !ok {
			t.Fatalf("%d: got %d %v, want %d", key, got, ok, value)
		}
	}
	slots := 0
	for _, p := range h.parts {
		slots += len(p.slots)
	}
	if perEntry := 16 * slots / len(want); perEntry > 24 {
		t.Errorf("%d bytes an entry", perEntry)
	}
}
