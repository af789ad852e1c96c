package offline

import (
	"net/http"
	"strings"
	"sync"
)

const deferredPath = "/v1/chat/deferred-completion/"

// maxDeferred is how many deferred replies are kept; more push out those that wait.
const maxDeferred = 1 << 10

// deferred keeps replies until they are fetched: the first poll finds one still in the making, the second takes it.
type deferred struct {
	mu      sync.Mutex
	waiting map[string]*pending
}

type pending struct {
	answer *answer
	polled bool
}

func (d *deferred) keep(a *answer) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.waiting == nil || len(d.waiting) >= maxDeferred {
		d.waiting = map[string]*pending{}
	}
	d.waiting[a.id] = &pending{answer: a}
}

// take returns a reply, nil while it is in the making; not ok where there is none of that id.
func (d *deferred) take(id string) (a *answer, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p, ok := d.waiting[id]
	if !ok {
		return nil, false
	}
	if !p.polled {
		p.polled = true
		return nil, true
	}
	delete(d.waiting, id)
	return p.answer, true
}

func (e *Endpoint) poll(v *visit) {
	id := strings.TrimPrefix(v.r.URL.Path, deferredPath)
	switch a, ok := e.deferred.take(id); {
	case !ok:
		fail(v.w, &apiError{status: http.StatusNotFound, code: "not-found", text: "There is no deferred completion " + clip(id) + "."})
	case a == nil:
		v.w.WriteHeader(http.StatusAccepted)
	default:
		a.write(v)
	}
}
