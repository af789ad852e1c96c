// Package rawjson handles JSON without decoding and encoding it again. A Cursor and an Object keep a text's bytes as
// they were written: the order of keys, the digits of large numbers and unknown fields survive. A Doc joins a document
// from pieces, so that a large picture is never held in memory as base64.
package rawjson

import (
	"bytes"
	"encoding/base64"
	"io"
	"iter"
)

// Doc is a JSON document that consists of pieces: literal bytes, and binary bytes that are read as base64. A Doc must
// not change once it is shared. The zero Doc is empty.
type Doc struct {
	first piece // most documents have only this one
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

// all yields the pieces that are not empty.
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

// Base64 appends binary bytes without copying them. They are encoded (standard alphabet, padded) each time the document
// is read.
func (d *Doc) Base64(bin []byte) { d.add(piece{bytes: bin, base64: true}) }

// Append appends the pieces of another document.
func (d *Doc) Append(other Doc) {
	for p := range other.all() {
		d.add(p)
	}
}

// Len returns the length of the document in bytes, with binary pieces counted as base64.
func (d Doc) Len() int64 {
	var n int64
	for p := range d.all() {
		n += p.len()
	}
	return n
}

// Reader returns a reader of the document. Each reader begins at the start.
func (d Doc) Reader() io.Reader {
	var readers []io.Reader
	for p := range d.all() {
		if p.base64 {
			readers = append(readers, &encoder{src: p.bytes})
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
			wrote, err = io.Copy(w, &encoder{src: p.bytes})
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

// Literal returns the bytes of a document that consists of one literal piece; ok is false for any other.
func (d Doc) Literal() (raw []byte, ok bool) {
	if len(d.first.bytes) == 0 || d.first.base64 || len(d.more) > 0 {
		return nil, false
	}
	return d.first.bytes, true
}

// Bytes returns the document as one slice, without a copy if it is one literal piece. It is meant for small documents.
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

// Map returns the document with f applied to each literal piece. Base64 pieces stay as they are.
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

// WithoutBase64 returns the document without its binary pieces. It is still valid JSON, because these occur only inside
// strings.
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
	src    []byte
	carry  [4]byte
	unread []byte // the part of carry that is still to be read
}

func (e *encoder) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if len(e.unread) > 0 {
		n := copy(p, e.unread)
		e.unread = e.unread[n:]
		return n, nil
	}
	if len(e.src) == 0 {
		return 0, io.EOF
	}
	if len(p) < 4 {
		n := min(3, len(e.src))
		base64.StdEncoding.Encode(e.carry[:], e.src[:n])
		e.src, e.unread = e.src[n:], e.carry[:]
		return e.Read(p)
	}
	n := min(len(p)/4*3, len(e.src))
	base64.StdEncoding.Encode(p, e.src[:n])
	e.src = e.src[n:]
	return base64.StdEncoding.EncodedLen(n), nil
}
