package results

import "hash/maphash"

// IDs is a set of records that stores, for each, 64 bits of a hash of its custom_id and 64 bits of its request's hash:
// 16 bytes plus the free slots of the table. If two ids collide (among a million records, in one run of 10^7), the record
// is reported as repeated, never silently dropped.
type IDs struct {
	seed maphash.Seed
	done hashes
}

// Flags in the lowest bits of a request's hash.
const (
	seenBit   = 1  // this run has read the record
	copiedBit = 2  // its result has been copied
	failedBit = 4  // it has failed permanently
	judgedBit = 8  // this run has judged its reply
	expectBit = 16 // its reply is as expected
	flagBits  = seenBit | copiedBit | failedBit | judgedBit | expectBit
)

func newIDs() *IDs { return &IDs{seed: maphash.MakeSeed()} }

func (s *IDs) key(customID []byte) uint64 { return maphash.Bytes(s.seed, customID) }

// State is the state of a record with regard to an earlier run and to this one.
type State int

// The states of a record.
const (
	Pending  State = iota // no run has done it
	Done                  // an earlier run has done it
	Changed               // an earlier run has done it, with a different request
	Repeated              // this run has read the same custom_id before
)

// Read marks a record as read by this run and returns its state: Pending, Done or Repeated.
func (s *IDs) Read(customID string) State {
	key := s.key([]byte(customID))
	entry, exists := s.done.get(key)
	if exists && entry&seenBit != 0 {
		return Repeated
	}
	s.done.set(key, entry|seenBit)
	if exists {
		return Done
	}
	return Pending
}

// markCopied reports whether a result is the first of its record, and marks the record as copied.
func (s *IDs) markCopied(customID []byte) bool {
	key := s.key(customID)
	entry, _ := s.done.get(key)
	s.done.set(key, entry|copiedBit)
	return entry&copiedBit == 0
}

// has reports whether a record has a flag.
func (s *IDs) has(customID []byte, flag uint64) bool {
	entry, _ := s.done.get(s.key(customID))
	return entry&flag != 0
}

// prefix returns the first 64 bits of a hash, with the bits for flags cleared.
func (h Hash) prefix() uint64 {
	var n uint64
	for _, b := range h[:8] {
		n = n<<8 | uint64(b)
	}
	return n &^ flagBits
}
