package input

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
)

// maxLine is the length in bytes of the longest record; the Batch API's own limit is 25 MB.
const maxLine = 128 << 20

// Line is a line of the input without its end.
type Line struct {
	Number int64
	Text   []byte // not shared
	long   bool   // Text was dropped
}

// EachLine returns the lines of this shard that are not blank. An error of reading is the last.
func (r *Records) EachLine(in io.Reader) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		buf := bufio.NewReaderSize(in, 256<<10)
		for number := int64(1); ; number++ {
			text, long, taken, err := readLine(buf, r.mine(number))
			if r.Taken != nil && taken > 0 {
				r.Taken(taken)
			}
			last := errors.Is(err, io.EOF)
			if err != nil && !last {
				yield(Line{}, fmt.Errorf("reading line %d: %w", number, err))
				return
			}
			if number == 1 {
				text = bytes.TrimPrefix(text, []byte("\ufeff"))
			}
			blank := !long && len(bytes.TrimSpace(text)) == 0
			if !blank && !yield(Line{number, text, long}, nil) || last {
				return
			}
		}
	}
}

func (r *Records) mine(number int64) bool {
	return r.Shards == 0 || (number-1)%r.Shards == r.Shard-1
}

// readLine reads up to the next newline. It returns the line without its end if it is wanted; a line that is too long is
// dropped.
func readLine(buf *bufio.Reader, wanted bool) (line []byte, long bool, taken int, err error) {
	for {
		part, err := buf.ReadSlice('\n')
		taken += len(part)
		if wanted && !long {
			line = append(line, part...)
		}
		if len(line) > maxLine {
			line, long = nil, true
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		line = bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
		return line, long, taken, err
	}
}
