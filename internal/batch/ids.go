package batch

import (
	"fmt"
	"hash/maphash"
)

// ids knows records by 64 bits of their id, with as many of their request's hash: 16 bytes
// a record and the map's own. Two ids that collide, which in a million records happens in
// one run of 10^7, would be told as a repeated id, never passed over.
type ids struct {
	seed maphash.Seed
	done map[uint64]uint64
}

// Marks of an id beside its hash: this run has met it; its result is copied; it failed.
const (
	seenBit   = 1
	copiedBit = 2
	failedBit = 4
	allBits   = seenBit | copiedBit | failedBit
)

func (s *ids) key(customID []byte) uint64 { return maphash.Bytes(s.seed, customID) }

func newIDs() *ids { return &ids{seed: maphash.MakeSeed(), done: map[uint64]uint64{}} }

// skip says whether an earlier run has done an item, and marks it as a failure where its
// id was there before.
func (s *ids) skip(item *Item) bool {
	key := s.key([]byte(item.CustomID))
	known, was := s.done[key]
	if was && known&seenBit != 0 {
		item.Err = &Failure{Kind: kindRecord, Code: codeDuplicate, Message: fmt.Sprintf("the custom_id %q was there before", item.CustomID)}
		return false
	}
	s.done[key] = known | seenBit
	return was
}

// short is as much of a hash as is kept; its last bits are left for marks.
func (h Hash) short() uint64 {
	var n uint64
	for _, b := range h[:8] {
		n = n<<8 | uint64(b)
	}
	return n &^ allBits
}

// copy says whether a result is the first of its record.
func (s *ids) copy(customID []byte) bool {
	key := s.key(customID)
	known := s.done[key]
	s.done[key] = known | copiedBit
	return known&copiedBit == 0
}
