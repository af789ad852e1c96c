// Package rawjson handles JSON that passes through: documents whose bytes are kept as
// they came (key order, digits of big numbers and unknown fields survive), and documents
// made of pieces so that a large picture is never held as base64.
package rawjson

import (
	"bytes"
	"encoding/base64"
	"io"
	"iter"
)

// Doc is a JSON document made of pieces: literal bytes, and binary bytes that appear as
// base64. A Doc is immutable once it is shared; the zero Doc is empty.
type Doc struct {
	first piece // most documents have no other
	more  []piece
}

type piece struct {
	bytes  []byte
	base64 bool
}

func (p piece) len() int64 {
	if p.base64 {
		return int64(base64.StdEncoding.EncodedLen(len(p.bytes)))
	}
	return int64(len(p.bytes))
}

// Of returns a Doc of one literal piece. The bytes are not copied.
func Of(raw []byte) Doc {
	var d Doc
	d.Raw(raw)
	return d
}

func (d *Doc) add(p piece) {
	switch {
	case len(p.bytes) == 0:
	case len(d.first.bytes) == 0:
		d.first = p
	default:
		d.more = append(d.more, p)
	}
}

// all gives the pieces that are not empty.
func (d *Doc) all() iter.Seq[piece] {
	return func(yield func(piece) bool) {
		if len(d.first.bytes) == 0 || !yield(d.first) {
			return
		}
		for _, p := range d.more {
			if !yield(p) {
				return
			}
		}
	}
}

// Raw appends literal bytes without copying them.
func (d *Doc) Raw(raw []byte) { d.add(piece{bytes: raw}) }

// Text appends a literal string.
func (d *Doc) Text(s string) { d.Raw([]byte(s)) }

// Base64 appends binary bytes, not copied, that are encoded (standard alphabet, padded)
// each time the document is read.
func (d *Doc) Base64(bin []byte) { d.add(piece{bytes: bin, base64: true}) }

// Append appends the pieces of another document.
func (d *Doc) Append(other Doc) {
	for p := range other.all() {
		d.add(p)
	}
}

// Len is the document's length in bytes as it will be read.
func (d Doc) Len() int64 {
	var n int64
	for p := range d.all() {
		n += p.len()
	}
	return n
}

// Reader returns a new reader of the whole document; readers are independent.
func (d Doc) Reader() io.Reader {
	var readers []io.Reader
	for p := range d.all() {
		if p.base64 {
			readers = append(readers, &encoder{rest: p.bytes})
		} else {
			readers = append(readers, bytes.NewReader(p.bytes))
		}
	}
	return io.MultiReader(readers...)
}

// WriteTo implements io.WriterTo without a copy of the literal pieces.
func (d Doc) WriteTo(w io.Writer) (n int64, err error) {
	for p := range d.all() {
		var wrote int64
		if p.base64 {
			wrote, err = io.Copy(w, &encoder{rest: p.bytes})
		} else {
			var m int
			m, err = w.Write(p.bytes)
			wrote = int64(m)
		}
		if n += wrote; err != nil {
			return n, err
		}
	}
	return n, nil
}

// Literal returns the bytes of a document of one literal piece; ok is false for others.
func (d Doc) Literal() (raw []byte, ok bool) {
	if len(d.first.bytes) == 0 || d.first.base64 || len(d.more) > 0 {
		return nil, false
	}
	return d.first.bytes, true
}

// Bytes returns the document as one slice; meant for small documents.
func (d Doc) Bytes() []byte {
	if raw, ok := d.Literal(); ok {
		return raw
	}
	out := make([]byte, 0, d.Len())
	for p := range d.all() {
		if p.base64 {
			out = base64.StdEncoding.AppendEncode(out, p.bytes)
		} else {
			out = append(out, p.bytes...)
		}
	}
	return out
}

// Map returns the document with f applied to each literal piece; base64 pieces stay.
func (d Doc) Map(f func([]byte) []byte) Doc {
	var out Doc
	for p := range d.all() {
		if !p.base64 {
			p.bytes = f(p.bytes)
		}
		out.add(p)
	}
	return out
}

// WithoutBase64 returns the document with nothing where binary bytes stood: still valid
// JSON, because they only ever stand inside a string.
func (d Doc) WithoutBase64() Doc {
	var out Doc
	for p := range d.all() {
		if !p.base64 {
			out.Raw(p.bytes)
		}
	}
	return out
}

// encoder reads binary bytes as base64 without holding the encoded form.
type encoder struct {
	rest  []byte
	carry [4]byte
	held  []byte // the part of carry that is not read yet
}

func (e *encoder) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if len(e.held) > 0 {
		n := copy(p, e.held)
		e.held = e.held[n:]
		return n, nil
	}
	if len(e.rest) == 0 {
		return 0, io.EOF
	}
	if len(p) < 4 {
		n := min(3, len(e.rest))
		base64.StdEncoding.Encode(e.carry[:], e.rest[:n])
		e.rest, e.held = e.rest[n:], e.carry[:]
		return e.Read(p)
	}
	n := min(len(p)/4*3, len(e.rest))
	base64.StdEncoding.Encode(p, e.rest[:n])
	e.rest = e.rest[n:]
	return base64.StdEncoding.EncodedLen(n), nil
}
