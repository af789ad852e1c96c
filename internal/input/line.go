package input

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"iter"
)

// maxLine limits the length of a record in bytes. The limit of the Batch API is 25 MB.
const maxLine = 128 << 20

// Line is one line of the input, without its line end.
type Line struct {
	Number int64
	Text   []byte // owned by the caller
	Extent
	tooLong bool // the line exceeds maxLine, and Text is empty
}

// Extent locates a line in the input, in bytes: its beginning, and its length with its end.
type Extent struct{ Offset, Size int64 }

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
