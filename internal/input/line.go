package input

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"iter"
	"strconv"

	"github.com/chatcmpl/chatcmpl/internal/rows"
)

// Line is one line of the input, without its line end.
type Line struct {
	Number int64
	Text   []byte // owned by the caller
	Extent
	tooLong bool // the line exceeds maxLine, and Text is empty
}

// Extent locates a line in the input, in bytes: its beginning, and its length with its end.
type Extent struct{ Offset, Size int64 }

// Records controls how the records of a batch are read.
type Records struct {
	// Lines treats each line as a prompt, not as JSON.
	Lines bool
	// Lossy replaces each byte that is not UTF-8 by U+FFFD instead of refusing the line.
	Lossy bool
	// Replaced, if not nil, is called with the number of such bytes in a line, by one goroutine at a time.
	Replaced func(bytes int)
	// Map transforms a JSON record into one of the known forms; nil leaves records as they are.
	Map func(ctx context.Context, raw []byte) ([]byte, error)
	// Shard and Shards select every Shards-th line, or row, beginning with that of number Shard, counted from 1; 0 and 0 select
	// all. Limit ends the input after as many of those; 0 is no limit.
	Shard, Shards, Limit int64
	// Only, if not nil, reports whether the line, or row, that begins on a line is read; the others are passed over.
	Only func(line int64) bool
	// Rows reads the input as a table; nil for none. ID is the column that holds the custom_id, if it is not empty.
	Rows *rows.Table
	ID   string
	// LineRead, if not nil, is called with the length in bytes of each line of the input, including its end.
	LineRead func(bytes int)
}

// maxLine limits the length of a record in bytes. The limit of the Batch API is 25 MB.
const maxLine = 128 << 20

// EachLine yields the lines, or rows, of this shard that are not blank, up to the limit. If reading fails, the last pair holds
// the error.
func (r *Records) EachLine(in io.Reader) iter.Seq2[Line, error] {
	lines := r.lines(in)
	if r.Rows != nil {
		lines = r.rowLines(in)
	}
	if r.Limit == 0 && r.Only == nil {
		return lines
	}
	return func(yield func(Line, error) bool) {
		count := int64(0)
		for line, err := range lines {
			count++
			isWanted := err != nil || r.Only == nil || r.Only(line.Number)
			if isWanted && !yield(line, err) || count == r.Limit {
				return
			}
		}
	}
}

// lines yields the lines of this shard that are not blank.
func (r *Records) lines(in io.Reader) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		buf := bufio.NewReaderSize(in, 256<<10)
		if err := refuseUTF16("the input", firstBytes(buf)); err != nil {
			yield(Line{}, err)
			return
		}
		at := Extent{}
		for number := int64(1); ; number++ {
			text, tooLong, size, err := readLine(buf, r.inShard(number))
			if r.LineRead != nil && size > 0 {
				r.LineRead(size)
			}
			at = Extent{at.Offset + at.Size, int64(size)}
			last := errors.Is(err, io.EOF)
			if err != nil && !last {
				yield(Line{}, fmt.Errorf("reading line %d: %w", number, err))
				return
			}
			text = bytes.TrimPrefix(text, []byte(byteOrderMark))
			blank := !tooLong && len(bytes.TrimSpace(text)) == 0
			if !blank && !yield(Line{number, text, at, tooLong}, nil) || last {
				return
			}
		}
	}
}

// rowLines yields the rows of this shard.
func (r *Records) rowLines(in io.Reader) iter.Seq2[Line, error] {
	return func(yield func(Line, error) bool) {
		number := int64(0)
		for text, err := range r.Rows.Texts(in) {
			if err != nil {
				yield(Line{}, err)
				return
			}
			if r.LineRead != nil {
				r.LineRead(int(text.Size))
			}
			if number++; r.inShard(number) && !yield(Line{text.Line, bytes.Clone(text.Bytes), Extent{text.Offset, text.Size}, text.Long}, nil) {
				return
			}
		}
	}
}

// firstBytes returns what arrived first. It waits for no more than two bytes, because a line may be read at once.
func firstBytes(buf *bufio.Reader) []byte {
	_, _ = buf.Peek(len("\xff\xfe")) // an error comes again with the first line
	first, _ := buf.Peek(buf.Buffered())
	return first
}

func (r *Records) inShard(number int64) bool {
	return r.Shards == 0 || (number-1)%r.Shards == r.Shard-1
}

// readLine reads up to the next newline. size is the length with the line end. The line itself, without its end, is
// returned only if keep is set and not longer than maxLine.
func readLine(buf *bufio.Reader, keep bool) (line []byte, tooLong bool, size int, err error) {
	for {
		part, err := buf.ReadSlice('\n')
		size += len(part)
		if keep && !tooLong {
			line = append(line, part...)
		}
		if len(line) > maxLine {
			line, tooLong = nil, true
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		line = bytes.TrimSuffix(bytes.TrimSuffix(line, []byte("\n")), []byte("\r"))
		return line, tooLong, size, err
	}
}

// Again reads a line again that EachLine has yielded.
func (r *Records) Again(in io.ReaderAt, number int64, at Extent) (Line, error) {
	text := make([]byte, at.Size)
	if _, err := in.ReadAt(text, at.Offset); err != nil && !errors.Is(err, io.EOF) {
		return Line{}, fmt.Errorf("reading line %d again: %w", number, err)
	}
	text = bytes.TrimSuffix(bytes.TrimSuffix(text, []byte("\n")), []byte("\r"))
	if r.Rows == nil {
		text = bytes.TrimPrefix(text, []byte(byteOrderMark))
	}
	return Line{Number: number, Text: text, Extent: at}, nil
}

// byteOrderMark may begin a line: files that are joined have one in the middle.
const byteOrderMark = "\ufeff"

// defaultID returns the custom_id of a record without one.
func defaultID(line int64) string {
	var buf [32]byte
	return string(strconv.AppendInt(append(buf[:0], "request-"...), line, 10))
}
