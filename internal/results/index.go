package results

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"hash/maphash"
	"io"
	"iter"
	"math"
	"slices"
	"strconv"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// Index finds the results in a file without holding them: it keeps 17 bytes of each. One goroutine may use it at a time.
type Index struct {
	in      io.ReaderAt
	seed    maphash.Seed
	entries []entry
	found   []bool // of the entries
	window  []byte // a part of the file
	start   int64  // of the window
	atEnd   bool   // the window ends with the file
}

// entry says where a result begins. The key is the line of its record, or the hash of its id.
type entry struct {
	key    uint64
	offset int64
}

// Index reads the file and returns the index of about so many results, by their records' lines or ids.
func (f *File) Index(byLine bool, count int64) (*Index, error) {
	x := &Index{in: f.f, seed: maphash.MakeSeed(), entries: make([]entry, 0, count)}
	err := scan(io.NewSectionReader(f.f, 0, math.MaxInt64), func(line []byte, _, end int64, whole bool) error {
		result, ok := parseStored(line)
		if !ok {
			return nil
		}
		if whole {
			end--
		}
		key := uint64(result.Line)
		if !byLine {
			key = maphash.String(x.seed, result.CustomID)
		}
		x.entries = append(x.entries, entry{key, end - int64(len(line))})
		return nil
	})
	slices.SortFunc(x.entries, func(a, b entry) int { return cmp.Or(cmp.Compare(a.key, b.key), cmp.Compare(a.offset, b.offset)) })
	x.found = make([]bool, len(x.entries))
	return x, err
}

// Find returns the result of a record; ok is false if there is none. Of several with its id it is the one of its line, or else
// the first. The result holds until the next call.
func (x *Index) Find(customID string, line int64) (found Stored, ok bool, err error) {
	key := maphash.String(x.seed, customID)
	at, _ := slices.BinarySearchFunc(x.entries, key, func(e entry, key uint64) int { return cmp.Compare(e.key, key) })
	first := -1
	for ; at < len(x.entries) && x.entries[at].key == key; at++ {
		result, err := x.read(x.entries[at].offset)
		switch {
		case err != nil:
			return Stored{}, false, err
		case result.CustomID != customID:
		case result.Line == line:
			x.found[at] = true
			return result, true, nil
		case first < 0:
			first = at
		}
	}
	if first < 0 {
		return Stored{}, false, nil
	}
	x.found[first] = true
	found, err = x.read(x.entries[first].offset)
	return found, true, err
}

// All yields the results in the order of the index's keys. Each holds until the next one.
func (x *Index) All() iter.Seq2[Stored, error] {
	return func(yield func(Stored, error) bool) {
		for _, e := range x.entries {
			result, err := x.read(e.offset)
			if !yield(result, err) || err != nil {
				return
			}
		}
	}
}

// Unused counts the results that Find has not returned.
func (x *Index) Unused() (count int) {
	for _, found := range x.found {
		if !found {
			count++
		}
	}
	return count
}

// read reads the result that begins at an offset. Most results are near the last one that was read.
func (x *Index) read(offset int64) (Stored, error) {
	for size := 32 << 10; ; size *= 2 {
		if line, whole := x.lineAt(offset); whole {
			result, ok := parseStored(line)
			if !ok {
				break
			}
			return result, nil
		}
		if x.atEnd && offset >= x.start {
			break
		}
		x.start = max(0, offset-int64(size)/4)
		x.window = slices.Grow(x.window[:0], size)[:size]
		n, err := x.in.ReadAt(x.window, x.start)
		x.window, x.atEnd = x.window[:n], errors.Is(err, io.EOF)
		if err != nil && !x.atEnd {
			return Stored{}, fmt.Errorf("reading results: %w", err)
		}
	}
	return Stored{}, errors.New("the results were changed by another program")
}

// lineAt returns the line that begins at an offset, if the window has all of it. The last one may lack its newline.
func (x *Index) lineAt(offset int64) (line []byte, whole bool) {
	at := offset - x.start
	if at < 0 || at >= int64(len(x.window)) {
		return nil, false
	}
	line, _, whole = bytes.Cut(x.window[at:], []byte("\n"))
	return line, whole || x.atEnd
}

// Stored is a result that is in a file.
type Stored struct {
	// Text is its line without its end.
	Text     []byte
	CustomID string
	// Line is the record's line in the input; 0 in the file of another tool.
	Line int64
	// Body is the server's response; nil where there was none.
	Body []byte
	// Failed reports that the record failed, and Message why.
	Failed  bool
	Message string
	// Input is the row that the record was; nil for another record.
	Input []byte
	// Expected reports whether the result is marked as expected.
	Expected bool
	// Hash is the hash of the request; zero in the file of another tool, and where nothing was sent.
	Hash Hash
}

// parseStored reads a line of results.
func parseStored(line []byte) (s Stored, ok bool) {
	var w wireResult
	w.once = true
	if !w.read(line) {
		return Stored{}, false
	}
	s = Stored{Text: line, CustomID: string(w.customID), Body: w.body, Failed: isObject(w.failure), Input: w.input, Expected: string(w.expect) == "true"}
	s.Line, _ = strconv.ParseInt(string(w.line), 10, 64)
	s.Message, _ = rawjson.String(w.message)
	if w.readHash() {
		s.Hash = w.hash
	}
	if isNull(s.Body) {
		s.Body = nil
	}
	return s, true
}
