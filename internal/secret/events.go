package secret

import (
	"bytes"
	"hash/maphash"
	"strconv"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// Events replaces secrets in the chunks of a stream, where a secret may be cut over several: the texts of one place in the
// choices, such as the content of choice 0, count as one text. It holds chunks back while one of their texts ends in what may be
// the beginning of a secret. Chunks without a secret keep every byte.
type Events struct {
	redactor *Redactor
	seed     maphash.Seed
	places   map[uint64]*place
	held     []*chunk
	size     int // of the chunks that are held, in bytes
	open     int // the places with texts that are held
	changed  bool
}

// maxHeld is how many bytes are held back; what is open then is taken for a secret. maxPlaces is how many places are remembered.
const (
	maxHeld   = 1 << 20
	maxPlaces = 1 << 12
)

// place is where texts of a stream stand that belong together.
type place struct {
	sent string  // the end of what was passed on, as long as it may belong to a secret
	held []*text // what was not, because it may begin a secret
}

// chunk is the data of one event, with its texts.
type chunk struct {
	raw   []byte
	texts []*text
}

// text is a string in a chunk.
type text struct {
	start, end int // in the chunk, quotes included
	value      string
	changed    bool
}

// Events returns what redacts a stream from its beginning.
func (r *Redactor) Events() *Events {
	return &Events{redactor: r, seed: maphash.MakeSeed(), places: map[uint64]*place{}}
}

// Changed reports whether a secret was replaced.
func (e *Events) Changed() bool { return e.changed }

// Next takes the data of an event and returns the data that may be passed on now, in order. What it returns at once may share
// memory with data.
func (e *Events) Next(data []byte) [][]byte {
	secrets := e.redactor.known()
	if len(secrets) == 0 {
		return [][]byte{data}
	}
	raw := bytes.TrimSpace(e.redactor.JSON(data))
	e.changed = e.changed || len(raw) != len(bytes.TrimSpace(data))
	c := &chunk{raw: raw}
	cursor := rawjson.Read(raw)
	for key := range cursor.Members() {
		if string(key) == "choices" {
			e.walk(c, &cursor, 0, secrets)
		}
	}
	if len(e.held) == 0 && e.open == 0 {
		return [][]byte{c.bytes()}
	}
	c.raw = bytes.Clone(c.raw)
	e.held, e.size = append(e.held, c), e.size+len(c.raw)
	if e.open > 0 && e.size <= maxHeld {
		return nil
	}
	return e.release(secrets)
}

// End returns what is still held back when the stream has ended.
func (e *Events) End() [][]byte {
	for _, p := range e.places {
		p.held = nil
	}
	e.open = 0
	return e.release(nil)
}

// release returns the chunks that are held. A text that is open still is taken for a secret.
func (e *Events) release(secrets []string) [][]byte {
	for _, p := range e.places {
		if p.held != nil {
			all := p.sent + join(p.held)
			e.hide(p, p.held, len(all)-beginning(secrets, all), len(all))
			p.settle(nil, secrets)
		}
	}
	out := make([][]byte, len(e.held))
	for i, c := range e.held {
		out[i] = c.bytes()
	}
	e.held, e.size, e.open = nil, 0, 0
	return out
}

// walk reads the value that is next and takes the texts in it. at identifies its place.
func (e *Events) walk(c *chunk, cursor *rawjson.Cursor, at uint64, secrets []string) {
	switch cursor.Next() {
	case '{':
		for key := range cursor.Members() {
			e.walk(c, cursor, e.below(at, key), secrets)
		}
	case '[':
		for i := range cursor.Elements() {
			e.walk(c, cursor, e.below(at, index(*cursor, i)), secrets)
		}
	case '"':
		start := cursor.Here()
		value, ok := cursor.Text()
		if raw := cursor.Since(start); ok && value != "" {
			t := &text{start: start, end: start + len(raw), value: value}
			c.texts = append(c.texts, t)
			e.take(e.place(at), t, secrets)
		}
	default:
		cursor.Skip()
	}
}

// index returns what identifies an element of an array: its "index", because a stream has the choices in any order, otherwise
// its position.
func index(element rawjson.Cursor, position int) []byte {
	for key := range element.Members() {
		if string(key) == "index" {
			return element.Value()
		}
	}
	return strconv.AppendInt(nil, int64(position), 10)
}

func (e *Events) below(at uint64, key []byte) uint64 {
	return at*31 + maphash.Bytes(e.seed, key)
}

func (e *Events) place(at uint64) *place {
	p := e.places[at]
	if p == nil {
		if len(e.places) >= maxPlaces && e.open == 0 {
			clear(e.places)
		}
		p = &place{}
		e.places[at] = p
	}
	return p
}

// take replaces the secrets that end in a text of a place, and holds the text if it may begin one.
func (e *Events) take(p *place, t *text, secrets []string) {
	wasOpen := p.held != nil
	texts := append(p.held, t)
	for from := 0; ; {
		all := p.sent + join(texts)
		begin, end := first(secrets, all, from)
		if end == 0 {
			break
		}
		e.hide(p, texts, begin, end)
		from = begin
	}
	p.settle(texts, secrets)
	switch {
	case wasOpen && p.held == nil:
		e.open--
	case !wasOpen && p.held != nil:
		e.open++
	}
}

// first returns where a secret is in a text from an offset on; 0 and 0 if none is.
func first(secrets []string, all string, from int) (begin, end int) {
	for _, v := range secrets {
		if i := strings.Index(all[from:], v); i >= 0 {
			return from + i, from + i + len(v)
		}
	}
	return 0, 0
}

// hide replaces the bytes from begin to end of what a place has sent and of texts by stars, as far as they were not sent.
func (e *Events) hide(p *place, texts []*text, begin, end int) {
	mark := stars
	at := len(p.sent)
	if begin < at {
		// What was sent of the secret is known as the end of nothing from now on.
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

// settle holds the texts that may begin a secret, and remembers the end of the others.
func (p *place) settle(texts []*text, secrets []string) {
	all := p.sent + join(texts)
	open := len(all) - beginning(secrets, all)
	at := len(p.sent)
	first := len(texts)
	for i, t := range texts {
		if at += len(t.value); at > open {
			first = i
			break
		}
	}
	p.held = nil
	if first < len(texts) {
		p.held = texts[first:]
	}
	p.sent = all[:len(all)-len(join(p.held))]
	if len(secrets) > 0 && len(p.sent) >= len(secrets[0]) {
		p.sent = p.sent[len(p.sent)-len(secrets[0])+1:]
	}
}

func join(texts []*text) string {
	if len(texts) == 1 {
		return texts[0].value
	}
	var all strings.Builder
	for _, t := range texts {
		all.WriteString(t.value)
	}
	return all.String()
}

// holdFrom is how many bytes must look like the beginning of a secret to be held back: a text that ends in the x of xai- is
// passed on at once.
const holdFrom = 4

// beginning returns the length of the longest end of a text that begins a secret, of at least holdFrom bytes; otherwise 0.
func beginning(secrets []string, all string) int {
	longest := 0
	for _, v := range secrets {
		end := all[max(0, len(all)-len(v)+1):]
		for {
			i := strings.Index(end, v[:holdFrom])
			if i < 0 {
				break
			}
			end = end[i:]
			if strings.HasPrefix(v, end) {
				longest = max(longest, len(end))
				break
			}
			end = end[1:]
		}
	}
	return longest
}

// bytes returns the chunk with its texts.
func (c *chunk) bytes() []byte {
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
