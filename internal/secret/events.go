package secret

import (
	"bytes"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// Events replaces secrets in the chunks of a stream. A secret may be split over several chunks, so the texts with the
// same path in the chunks, such as the content of choice 0, are searched as one text. Events holds chunks back while
// one of their texts ends with a possible beginning of a secret. Chunks without secrets keep every byte.
type Events struct {
	redactor *Redactor
	secrets  []string
	places   map[string]*place // places whose text ends with a possible beginning of a secret, by path
	path     []step            // path to the current value
	held     []*chunk
	size     int // total size of the held chunks in bytes
	open     int // number of places with held texts
	changed  bool
	single   [1][]byte
}

// maxHeld limits the bytes held back; beyond it, a possible beginning of a secret is replaced like a secret. maxPlaces
// limits the places that are tracked. maxTexts limits the texts of a chunk that belong to secrets, or may; a chunk with
// more is dropped.
const (
	maxHeld   = 1 << 20
	maxPlaces = 1 << 12
	maxTexts  = 1 << 16
)

// chunk is the data of one event, with the texts that belong to secrets, or may.
type chunk struct {
	raw     []byte
	texts   []*text
	leftOut bool
}

// Events returns a redactor for one stream.
func (r *Redactor) Events() *Events {
	return &Events{redactor: r, places: map[string]*place{}}
}

// Changed reports whether a secret was replaced.
func (e *Events) Changed() bool { return e.changed }

// Next takes the data of an event and returns the data of the events that may be passed on now, in order. The result
// may share memory with data and is valid until the next call.
func (e *Events) Next(data []byte) [][]byte {
	if e.secrets = e.redactor.known(); len(e.secrets) == 0 {
		return e.one(data)
	}
	data = bytes.TrimSpace(data)
	raw := e.redactor.JSON(data)
	e.changed = e.changed || !bytes.Equal(raw, data)
	if len(e.held) == 0 && !e.maybe(raw) && !e.continues(raw) {
		return e.one(raw)
	}
	c := e.read(raw)
	if len(e.held) == 0 && e.open == 0 {
		return e.one(c.bytes())
	}
	c.raw = bytes.Clone(c.raw)
	e.held, e.size = append(e.held, c), e.size+len(c.raw)
	if e.open > 0 && e.size <= maxHeld {
		return nil
	}
	return e.release()
}

// read reads the texts in the choices of a chunk.
func (e *Events) read(raw []byte) *chunk {
	c := &chunk{raw: raw}
	cursor := rawjson.Read(raw)
	for key := range cursor.Members() {
		if string(key) == "choices" {
			e.walk(c, &cursor)
		}
	}
	return c
}

// whole returns a complete reply with each secret replaced that is split over the parts of a text. It does not look into a
// reply over maxHeld bytes, which would take too long.
func (e *Events) whole(raw []byte) []byte {
	e.secrets = e.redactor.known()
	isSplit := func(v string, begun int, rest []byte) bool { return begun < len(v) && begins(rest, v[begun]) }
	if len(raw) > maxHeld || bytes.IndexByte(raw, '\\') < 0 && !e.anyBegun(raw, isSplit) {
		return raw
	}
	return e.read(raw).bytes()
}

// maybe reports whether a text of a chunk may end with the beginning of a secret. It avoids parsing most chunks.
func (e *Events) maybe(raw []byte) bool {
	return bytes.IndexByte(raw, '\\') >= 0 || e.anyBegun(raw, func(string, int, []byte) bool { return true })
}

// anyBegun reports whether may is true of a text that ends with the beginning of a secret. It passes the secret, the length of
// its beginning and what follows the text.
func (e *Events) anyBegun(raw []byte, may func(secret string, begun int, rest []byte) bool) bool {
	for _, v := range e.secrets {
		rest := raw
		for i := bytes.IndexByte(rest, v[0]); i >= 0; i = bytes.IndexByte(rest, v[0]) {
			rest = rest[i:]
			n := common(rest, v)
			// A string before a colon is the name of a member.
			if n+1 < len(rest) && rest[n] == '"' && rest[n+1] != ':' && may(v, n, rest[n+1:]) {
				return true
			}
			rest = rest[1:]
		}
	}
	return false
}

// continues reports whether a text of a chunk may continue a secret that begins at the end of an earlier one. While no chunk
// is held back, such a beginning has less than holdFrom bytes. Chunks that do not continue it are not parsed, so that it may
// be continued after other text, too: almost all of a secret is replaced as well.
func (e *Events) continues(raw []byte) bool {
	for _, p := range e.places {
		for _, v := range e.secrets {
			for n := 1; n < min(holdFrom, len(v)); n++ {
				if strings.HasSuffix(p.sent, v[:n]) && begins(raw, v[n]) {
					return true
				}
			}
		}
	}
	return false
}

// begins reports whether a string in raw may begin with a character.
func begins(raw []byte, c byte) bool { return bytes.Contains(raw, []byte{'"', c}) }

// common returns the length in bytes of the common prefix of two texts.
func common(raw []byte, secret string) int {
	n := 0
	for n < min(len(raw), len(secret)) && raw[n] == secret[n] {
		n++
	}
	return n
}

func (e *Events) one(data []byte) [][]byte {
	e.single[0] = data
	return e.single[:]
}

// End returns the data that is still held back at the end of the stream.
func (e *Events) End() [][]byte {
	clear(e.places)
	return e.release()
}

// release returns the held chunks. It replaces possible beginnings of secrets like secrets.
func (e *Events) release() [][]byte {
	for at, p := range e.places {
		if p.held != nil {
			all := p.sent + join(p.held)
			e.hide(p, p.held, len(all)-beginning(e.secrets, all), len(all))
			delete(e.places, at)
		}
	}
	out := make([][]byte, len(e.held))
	for i, c := range e.held {
		out[i] = c.bytes()
	}
	e.held, e.size, e.open = nil, 0, 0
	return out
}

// walk reads the next value and handles the texts in it.
func (e *Events) walk(c *chunk, cursor *rawjson.Cursor) {
	depth := len(e.path)
	switch cursor.Next() {
	case '{':
		e.path = append(e.path, step{object: *cursor})
		for key := range cursor.Members() {
			e.path[depth].key = key
			e.walk(c, cursor)
		}
		e.path = e.path[:depth]
	case '[':
		e.path = append(e.path, step{isList: true})
		for i := range cursor.Elements() {
			e.path[depth].position = i
			e.walk(c, cursor)
		}
		e.path = e.path[:depth]
	case '"':
		start := cursor.Here()
		if raw := cursor.Value(); raw != nil {
			e.text(c, start, raw)
		}
	default:
		cursor.Skip()
	}
}

// text handles a text of a chunk, which may be part of a secret.
func (e *Events) text(c *chunk, start int, raw []byte) {
	value := raw[1 : len(raw)-1]
	if bytes.IndexByte(value, '\\') >= 0 {
		decoded, _ := rawjson.String(raw)
		value = []byte(decoded)
	}
	if len(value) == 0 || len(e.places) == 0 && longestPrefix(e.secrets, string(value)) == 0 {
		return
	}
	if len(c.texts) == maxTexts {
		c.raw, c.texts, c.leftOut, e.changed = nil, nil, true, true
	}
	if c.leftOut {
		return
	}
	t := &text{start: start, end: start + len(raw), value: string(value)}
	at := placeOf(e.path)
	p := e.places[at]
	if p == nil && len(e.places) >= maxPlaces {
		// No honest server has so many texts that may begin a secret, so this one is replaced like a secret.
		c.texts = append(c.texts, t)
		e.hide(&place{}, []*text{t}, len(t.value)-longestPrefix(e.secrets, t.value), len(t.value))
		return
	}
	if p == nil {
		p = &place{}
	}
	if e.take(p, t); p.held == nil && p.sent == "" {
		delete(e.places, at)
	} else {
		e.places[at] = p
	}
	if t.changed || p.held != nil {
		c.texts = append(c.texts, t)
	}
}

// take adds a text to a place, replaces the secrets that end in it, and holds it back if it may begin one.
func (e *Events) take(p *place, t *text) {
	wasOpen := p.held != nil
	texts := append(p.held, t)
	for from := 0; ; {
		all := p.sent + join(texts)
		begin, end := first(e.secrets, all, from)
		if end == 0 {
			break
		}
		e.hide(p, texts, begin, end)
		from = begin
	}
	p.settle(texts, e.secrets)
	switch {
	case wasOpen && p.held == nil:
		e.open--
	case !wasOpen && p.held != nil:
		e.open++
	}
}

// hide replaces the bytes from begin to end by stars. The offsets count from the start of p.sent, which texts follow;
// bytes that were already sent can't be replaced.
func (e *Events) hide(p *place, texts []*text, begin, end int) {
	mark := stars
	at := len(p.sent)
	if begin < at {
		// Mask the part that was sent, so that it no longer matches the beginning of a secret.
		p.sent = p.sent[:begin] + strings.Repeat("*", at-begin)
	}
	for _, t := range texts {
		length := len(t.value)
		if lo, hi := max(begin, at)-at, min(end, at+length)-at; lo < hi {
			t.value, t.changed = t.value[:lo]+mark+t.value[hi:], true
			e.changed, mark = true, ""
		}
		at += length
	}
}

// bytes returns the JSON of the chunk with its changed texts.
func (c *chunk) bytes() []byte {
	if c.leftOut {
		return []byte("{}")
	}
	var out []byte
	done := 0
	for _, t := range c.texts {
		if t.changed {
			out = append(append(out, c.raw[done:t.start]...), rawjson.Quote(t.value)...)
			done = t.end
		}
	}
	if done == 0 {
		return c.raw
	}
	return append(out, c.raw[done:]...)
}
