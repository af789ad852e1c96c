package offline

import (
	"net/http"
	"sync"

	"github.com/chatcmpl/chatcmpl/internal/serde"
)

// maxDeferred bounds the deferred replies. At the bound all of them are forgotten.
const maxDeferred = 1 << 10

// deferredReplies holds replies until a client fetches them. The first poll finds a reply pending, the second takes it.
type deferredReplies struct {
	mu      sync.Mutex
	waiting map[string]*pending
}

type pending struct {
	reply  *chatReply
	polled bool
}

func (d *deferredReplies) keep(r *chatReply) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.waiting == nil || len(d.waiting) >= maxDeferred {
		d.waiting = map[string]*pending{}
	}
	d.waiting[r.id] = &pending{reply: r}
}

// take returns a reply, or nil while it is pending; ok is false for an unknown id. A request that only looks leaves
// everything as it was.
func (d *deferredReplies) take(id string, looks bool) (r *chatReply, ok bool) {
	d.mu.Lock()
	defer d.mu.Unlock()
	p, ok := d.waiting[id]
	if !ok {
		return nil, false
	}
	if !p.polled {
		p.polled = !looks
		return nil, true
	}
	if !looks {
		delete(d.waiting, id)
	}
	return p.reply, true
}

// poll decides how a request for a deferred reply is answered.
func (d *deferredReplies) poll(x *exchange) answer {
	switch r, ok := d.take(x.id, x.r.Method == http.MethodHead); {
	case !ok:
		return refuse(notFound("There is no deferred completion %s.", serde.Clip(x.id)))
	case r == nil:
		return func(x *exchange) { x.w.WriteHeader(http.StatusAccepted) }
	default:
		r.describe(x)
		return r.write
	}
}
