package cassette

import (
	"cmp"
	"slices"
)

// queue holds the recorded answers to equal requests, and hands them out.
//
// The answers are grouped in slots. A slot belongs to one request of a parallel batch and holds the answers to all its
// attempts, or is a single answer whose place is its order in the file. A batch counts its equal requests from 1; where
// the count begins anew, another process began, so slots are ordered by the run of their process and by their place in it.
type queue struct {
	slots []slot
	// places finds the slots that have a place.
	places map[slotPlace]int
	// claims holds the slots of the requests that have a place, and bases the first slot of each process.
	claims map[asker]int
	bases  map[int64]int
	// head is the first slot that may have an answer left.
	head int
}

type slot struct {
	slotPlace

	offsets []int64
	given   int   // number of offsets that were handed out
	claimed bool  // by a request that has a place
	process int64 // of that request
}

// slotPlace is the run of a process and the place in it; nth is 0 for a single answer without a place.
type slotPlace struct{ run, nth int32 }

func (s *slot) hasMore() bool     { return s.given < len(s.offsets) }
func (s *slot) isUntouched() bool { return !s.claimed && s.given == 0 && len(s.offsets) > 0 }

// asker is a process, and the place of an equal request in it; 0 if it has none.
type asker struct {
	process int64
	nth     int32
}

func newQueue(lines []indexedLine) *queue {
	b := &queueBuilder{seen: map[int32]int32{}, latest: map[int32]int{}}
	for _, l := range lines {
		b.add(l)
	}
	slices.SortStableFunc(b.slots, func(a, c slot) int { return cmp.Or(cmp.Compare(a.run, c.run), cmp.Compare(a.nth, c.nth)) })
	q := &queue{slots: b.slots, places: map[slotPlace]int{}, claims: map[asker]int{}, bases: map[int64]int{}}
	for n, s := range q.slots {
		if s.nth > 0 {
			q.places[s.slotPlace] = n
		}
	}
	return q
}

// queueBuilder groups answers, which come in the order of the file.
type queueBuilder struct {
	slots []slot
	// floor is the last run that is over, run the highest one, and seen the number of slots of each place since floor.
	floor, run int32
	seen       map[int32]int32
	latest     map[int32]int // the last slot of each place
}

func (b *queueBuilder) add(l indexedLine) {
	nth := l.place.Nth
	if nth <= 0 {
		b.run++
		b.floor = b.run
		clear(b.seen)
		b.slots = append(b.slots, slot{slotPlace: slotPlace{run: b.run}, offsets: []int64{l.offset}})
		return
	}
	if n, exists := b.latest[nth]; exists && l.place.Attempt > 1 {
		b.slots[n].offsets = append(b.slots[n].offsets, l.offset)
		return
	}
	b.seen[nth]++
	run := b.floor + b.seen[nth]
	b.run = max(b.run, run)
	b.latest[nth] = len(b.slots)
	b.slots = append(b.slots, slot{slotPlace: slotPlace{run, nth}, offsets: []int64{l.offset}})
}

// next returns the next answer to a request; ok is false if there is none at all. If all its answers were handed out,
// next returns the last one again.
func (q *queue) next(a asker) (offset int64, again, ok bool) {
	n := q.pick(a)
	if n < 0 {
		n = q.leftover(a)
	}
	if n >= 0 {
		s := &q.slots[n]
		s.given++
		return s.offsets[s.given-1], false, true
	}
	offset, ok = q.last(a)
	return offset, true, ok
}

// pick returns the slot whose next answer is for a request; -1 if there is none.
func (q *queue) pick(a asker) int {
	if a.nth == 0 {
		return q.first()
	}
	if n, claimed := q.claims[a]; claimed && len(q.slots[n].offsets) > 0 {
		if q.slots[n].hasMore() {
			return n
		}
		return -1
	}
	n := q.wanted(q.base(a.process), a.nth)
	if n >= 0 {
		q.claims[a] = n
		q.slots[n].claimed, q.slots[n].process = true, a.process
	}
	return n
}

// first returns the first slot that has an answer left; -1 if there is none.
func (q *queue) first() int {
	for q.head < len(q.slots) && !q.slots[q.head].hasMore() {
		q.head++
	}
	if q.head == len(q.slots) {
		return -1
	}
	return q.head
}

// base returns the first slot of a process: the one after those of the processes before it.
func (q *queue) base(process int64) int {
	base, known := q.bases[process]
	if !known {
		for n := range q.slots {
			if q.slots[n].claimed || q.slots[n].given > 0 {
				base = n + 1
			}
		}
		q.bases[process] = base
	}
	return base
}

// wanted returns the untouched slot for a place in a process whose slots begin at base; -1 if there is none. A process
// that finds its slot in use, because another one runs at the same time, gets the first that is not.
func (q *queue) wanted(base int, nth int32) int {
	if base < len(q.slots) && q.beginsRun(base) {
		run := q.slots[base].run
		if n, exists := q.places[slotPlace{run, nth}]; exists && q.slots[n].isUntouched() {
			return n
		}
		return q.firstUntouched(run)
	}
	if n := base + int(nth) - 1; n < len(q.slots) && q.slots[n].isUntouched() {
		return n
	}
	return q.firstUntouched(0)
}

// beginsRun reports whether a slot is the first of a process that recorded places.
func (q *queue) beginsRun(n int) bool {
	return q.slots[n].nth > 0 && (n == 0 || q.slots[n-1].run != q.slots[n].run)
}

// firstUntouched returns the first untouched slot that is not of a run; -1 if there is none.
func (q *queue) firstUntouched(except int32) int {
	return slices.IndexFunc(q.slots, func(s slot) bool { return s.run != except && s.isUntouched() })
}

// leftover returns a slot with an answer that no other request waits for; -1 if there is none.
func (q *queue) leftover(a asker) int {
	return slices.IndexFunc(q.slots, func(s slot) bool {
		return s.hasMore() && (s.claimed && s.process != a.process || !s.claimed && s.nth == 0)
	})
}

// last returns the last answer to a request.
func (q *queue) last(a asker) (offset int64, ok bool) {
	if n, claimed := q.claims[a]; claimed && q.slots[n].nth > 0 && len(q.slots[n].offsets) > 0 {
		return q.slots[n].offsets[len(q.slots[n].offsets)-1], true
	}
	for _, s := range slices.Backward(q.slots) {
		if len(s.offsets) > 0 {
			return s.offsets[len(s.offsets)-1], true
		}
	}
	return 0, false
}

// reject removes an answer that was handed out but is none to these requests.
func (q *queue) reject(offset int64) {
	for i := range q.slots {
		s := &q.slots[i]
		if n := slices.Index(s.offsets, offset); n >= 0 {
			s.offsets = slices.Delete(s.offsets, n, n+1)
			if n < s.given {
				s.given--
			}
		}
	}
}

// isEmpty reports whether the queue has no answers.
func (q *queue) isEmpty() bool {
	return !slices.ContainsFunc(q.slots, func(s slot) bool { return len(s.offsets) > 0 })
}
