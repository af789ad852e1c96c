package results

import "hash/maphash"

// IDs is a set of records by 64 bits of their id, with as many of their request's hash: 16 bytes a record and the map's own.
// Two ids that collide, which in a million records happens in one run of 10^7, are reported as a repeated id, never dropped.
type IDs struct {
	seed maphash.Seed
	done map[uint64]uint64
}

// Marks of an id beside its hash: this run has read it; its result is copied; it failed.
const (
	seenBit   = 1
	copiedBit = 2
	failedBit = 4
	allBits   = seenBit | copiedBit | failedBit
)

func (s *IDs) key(customID []byte) uint64 { return maphash.Bytes(s.seed, customID) }

func newIDs() *IDs { return &IDs{seed: maphash.MakeSeed(), done: map[uint64]uint64{}} }

// State is what an earlier run, or this one, knows of a record.
type State int

// The states of a record.
const (
	Open     State = iota // it is to be done
	Done                  // an earlier run has done it
	Changed               // an earlier run has done it, but its request is not the same as then
	Repeated              // this run has read its id before
)

// Read marks a record as read by this run and returns its state: Open, Done or Repeated.
func (s *IDs) Read(customID string) State {
	key := s.key([]byte(customID))
	known, was := s.done[key]
	if was && known&seenBit != 0 {
		return Repeated
	}
	s.done[key] = known | seenBit
	if was {
		return Done
	}
	return Open
}

// short returns as much of a hash as is kept; its last bits are left for marks.
func (h Hash) short() uint64 {
	var n uint64
	for _, b := range h[:8] {
		n = n<<8 | uint64(b)
	}
	return n &^ allBits
}

// copy reports whether a result is the first of its record.
func (s *IDs) copy(customID []byte) bool {
	key := s.key(customID)
	known := s.done[key]
	s.done[key] = known | copiedBit
	return known&copiedBit == 0
}
