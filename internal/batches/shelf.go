package batches

import (
	"slices"
	"sync"
	"sync/atomic"
)

// maxStored bounds what files, batches and results take together, so that no client fills the memory.
const maxStored = 2 << 30

// entrySize counts the bytes that a file or a batch takes besides its text.
const entrySize = 1 << 10

// space counts the bytes that are left.
type space struct{ left atomic.Int64 }

// take takes n bytes if so many are left.
func (s *space) take(n int64) bool {
	if s.left.Add(-n) >= 0 {
		return true
	}
	s.left.Add(n)
	return false
}

// release gives n bytes back.
func (s *space) release(n int64) { s.left.Add(n) }

// shelf holds things by their ids, in the order in which they came.
type shelf[T any] struct {
	mu    sync.Mutex
	ids   []string
	items map[string]T
}

func (s *shelf[T]) add(id string, item T) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.items == nil {
		s.items = map[string]T{}
	}
	s.ids = append(s.ids, id)
	s.items[id] = item
}

func (s *shelf[T]) get(id string) (item T, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	item, ok = s.items[id]
	return item, ok
}

func (s *shelf[T]) remove(id string) (item T, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if item, ok = s.items[id]; ok {
		delete(s.items, id)
		s.ids = slices.DeleteFunc(s.ids, func(other string) bool { return other == id })
	}
	return item, ok
}

// page returns the items that a list shows: those that want reports, from the one after an id on, or from the first one
// if the id is empty. more reports whether others follow, and ok whether the id is known.
func (s *shelf[T]) page(p *paging, want func(T) bool) (items []T, more, ok bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	ids := slices.Clone(s.ids)
	if !p.oldestFirst {
		slices.Reverse(ids)
	}
	if p.after != "" {
		at := slices.Index(ids, p.after)
		if at < 0 {
			return nil, false, false
		}
		ids = ids[at+1:]
	}
	for _, id := range ids {
		item := s.items[id]
		switch {
		case !want(item):
		case len(items) == p.limit:
			return items, true, true
		default:
			items = append(items, item)
		}
	}
	return items, false, true
}
