package cassette

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"slices"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// Key identifies a request: it is a hash of the method, the path and the canonical body.
type Key [16]byte

// KeyOf returns the key of a request. The path is relative to the base URL.
func KeyOf(method, path string, body []byte) Key {
	if rawjson.Valid(body) {
		body = canonical(nil, body)
	}
	sum := sha256.New()
	// Writing to a hash never fails.
	_, _ = io.WriteString(sum, method+" "+path+"\n")
	_, _ = sum.Write(body)
	return Key(sum.Sum(nil))
}

func (k Key) String() string { return hex.EncodeToString(k[:]) }

// MarshalText implements encoding.TextMarshaler.
func (k Key) MarshalText() ([]byte, error) { return []byte(k.String()), nil }

// errNoKey reports a text that is no key.
var errNoKey = errors.New("not a key")

// UnmarshalText implements encoding.TextUnmarshaler.
func (k *Key) UnmarshalText(text []byte) error {
	if hex.DecodedLen(len(text)) != len(k) {
		return errNoKey
	}
	_, err := hex.Decode(k[:], text)
	return err
}

// canonical appends a JSON value, whose syntax must be valid, in a form that is the same for all equivalent texts: keys
// in byte order (the values of a repeated key in their original order), no white space, and strings escaped in one way.
// Numbers stay as written.
func canonical(out, raw []byte) []byte {
	raw = bytes.TrimLeft(raw, " \t\r\n")
	switch raw[0] {
	case '{':
		return canonicalObject(out, raw)
	case '[':
		return canonicalArray(out, raw)
	case '"':
		return canonicalString(out, raw)
	}
	return append(out, bytes.TrimRight(raw, " \t\r\n")...)
}

func canonicalObject(out, raw []byte) []byte {
	members := rawjson.Known(raw)
	slices.SortStableFunc(members, func(a, b rawjson.Member) int { return cmp.Compare(a.Key, b.Key) })
	out = append(out, '{')
	for i, m := range members {
		if i > 0 {
			out = append(out, ',')
		}
		out = append(append(out, rawjson.Quote(m.Key)...), ':')
		out = canonical(out, m.Value)
	}
	return append(out, '}')
}

func canonicalArray(out, raw []byte) []byte {
	elements, _ := rawjson.Elements(raw)
	out = append(out, '[')
	for i, e := range elements {
		if i > 0 {
			out = append(out, ',')
		}
		out = canonical(out, e)
	}
	return append(out, ']')
}

// canonicalString leaves a string as written if it may contain half of a surrogate pair or invalid UTF-8. Decoding
// would make it equal to other strings.
func canonicalString(out, raw []byte) []byte {
	raw = bytes.TrimRight(raw, " \t\r\n")
	s, ok := rawjson.String(raw)
	if !ok || strings.ContainsRune(s, '\uFFFD') {
		return append(out, raw...)
	}
	return append(out, rawjson.Quote(s)...)
}
