package results

// hashes is a table of 64-bit values by 64-bit keys that are hashes themselves. It takes at most 24 bytes an entry, where a map
// takes up to 39, and grows in small parts, so that no two copies of all of it are ever there.
type hashes struct{ parts [parts]part }

const parts = 256

// part holds the keys that begin with the same byte, by open addressing.
type part struct {
	slots []slot
	count int
}

// slot is an entry; its key is 0 if it is free.
type slot struct{ key, value uint64 }

// get returns the value of a key; ok is false if there is none.
func (h *hashes) get(key uint64) (value uint64, ok bool) {
	p := &h.parts[key%parts]
	if len(p.slots) == 0 {
		return 0, false
	}
	s := p.find(key)
	return s.value, s.key != 0
}

// set sets the value of a key.
func (h *hashes) set(key, value uint64) {
	p := &h.parts[key%parts]
	if p.count >= len(p.slots)/8*7 {
		p.grow()
	}
	s := p.find(key)
	if s.key == 0 {
		p.count++
	}
	*s = slot{max(1, key), value}
}

// find returns the slot of a key, or the free one that it would take.
func (p *part) find(key uint64) *slot {
	// 0 marks a free slot.
	key = max(1, key)
	at := int(key / parts % uint64(len(p.slots)))
	for p.slots[at].key != 0 && p.slots[at].key != key {
		if at++; at == len(p.slots) {
			at = 0
		}
	}
	return &p.slots[at]
}

func (p *part) grow() {
	old := p.slots
	p.slots = make([]slot, len(old)+max(8, len(old)/32*8))
	for _, s := range old {
		if s.key != 0 {
			*p.find(s.key) = s
		}
	}
}
