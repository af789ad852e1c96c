package offline

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"sync"

	"github.com/chatcmpl/chatcmpl/internal/faults"
)

// maxOccurrences bounds the requests whose occurrences are counted. At the bound all of them are forgotten.
const maxOccurrences = 1 << 18

// occurrences counts how often each request came.
type occurrences struct {
	mu     sync.Mutex
	counts map[uint64]uint32 // by the first bytes of the digest
	epoch  uint32            // how often the counts were forgotten
}

// identify returns what the ids of a request are made of. That of its first occurrence is the request's own digest.
func (o *occurrences) identify(request faults.Digest) identity {
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.counts == nil || len(o.counts) >= maxOccurrences {
		if o.counts != nil {
			o.epoch++
		}
		o.counts = map[uint64]uint32{}
	}
	start := binary.BigEndian.Uint64(request[:])
	nth := o.counts[start]
	o.counts[start]++
	if nth == 0 && o.epoch == 0 {
		return identity(request)
	}
	mixed := binary.BigEndian.AppendUint32(request[:], o.epoch)
	return sha256.Sum256(binary.BigEndian.AppendUint32(mixed, nth))
}

// identity identifies one occurrence of a request. Its halves are the ids of the reply and of the request.
type identity faults.Digest

func (i *identity) replyID() string   { return uuid(i[:16]) }
func (i *identity) requestID() string { return uuid(i[16:]) }

// callID returns the id of a tool call.
func (i *identity) callID(call int) string {
	return "call_" + hex.EncodeToString(append(i[:4:4], byte(call)))
}

func uuid(b []byte) string {
	s := hex.EncodeToString(b)
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}
