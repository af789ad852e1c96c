package queue

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"slices"

	"github.com/chatcmpl/chatcmpl/internal/input"
	"github.com/chatcmpl/chatcmpl/internal/results"
)

// entry is a record of a part. Its custom_id is not kept, only a hash of it.
type entry struct {
	key     uint64
	hash    results.Hash // of the request
	line    int64        // of the record in the input
	choices int32        // that the request asks for
	// where the record is in the input; size is 0 until this run has read it
	size   int32
	offset int64
}

// keyOf returns the key of a custom_id.
func keyOf(customID string) uint64 {
	sum := sha256.Sum256([]byte(customID))
	return binary.BigEndian.Uint64(sum[:])
}

// extent returns where the record is in the input.
func (e *entry) extent() input.Extent { return input.Extent{Offset: e.offset, Size: int64(e.size)} }

// found remembers where this run has read the record.
func (e *entry) found(record *input.Record) {
	e.line, e.offset, e.size = record.Line, record.Offset, int32(record.Size) //nolint:gosec // a line is at most 128 MiB
}

// encode returns the entries for the state.
func encode(entries []entry) []byte {
	var out []byte
	line := int64(0)
	for i := range entries {
		e := &entries[i]
		out = binary.BigEndian.AppendUint64(out, e.key)
		out = append(out, e.hash[:]...)
		out = binary.AppendVarint(out, e.line-line)
		out = binary.AppendUvarint(out, uint64(e.choices)) //nolint:gosec // it is at least 1
		line = e.line
	}
	return out
}

var errEntries = errors.New("the records of a part can't be read")

// decode reads what encode returned.
func decode(raw []byte) (entries []entry, err error) {
	in := bytes.NewReader(raw)
	line := int64(0)
	for in.Len() > 0 {
		var e entry
		var key [8]byte
		_, keyErr := in.Read(key[:])
		n, hashErr := in.Read(e.hash[:])
		step, stepErr := binary.ReadVarint(in)
		choices, choicesErr := binary.ReadUvarint(in)
		if errors.Join(keyErr, hashErr, stepErr, choicesErr) != nil || n != len(e.hash) {
			return nil, errEntries
		}
		line += step
		e.key, e.line, e.choices = binary.BigEndian.Uint64(key[:]), line, int32(choices) //nolint:gosec // as it was written
		entries = append(entries, e)
	}
	return entries, nil
}

// index finds the entries of a part by their keys.
type index []int32

// newIndex returns the index of entries.
func newIndex(entries []entry) index {
	order := make(index, len(entries))
	for i := range order {
		order[i] = int32(i) //nolint:gosec // a part has at most 50,000 records
	}
	slices.SortFunc(order, func(a, b int32) int { return cmp.Compare(entries[a].key, entries[b].key) })
	return order
}

// find returns the place of a key among the entries; negative if there is none.
func (x index) find(entries []entry, key uint64) int {
	at, ok := slices.BinarySearchFunc(x, key, func(i int32, key uint64) int { return cmp.Compare(entries[i].key, key) })
	if !ok {
		return -1
	}
	return int(x[at])
}
