package batches

import (
	"io"
	"slices"
)

// Sizes of the blocks of a blob. They grow, so that a small file takes little and a large one few blocks.
const (
	firstBlock = 4 << 10
	lastBlock  = 1 << 20
)

// blob is a text in memory that grows at its end. What is in it is neither copied nor changed when it grows.
type blob struct {
	blocks [][]byte
	starts []int64 // where each block begins
	size   int64
}

// Write appends to the text. It implements io.Writer.
func (b *blob) Write(p []byte) (int, error) {
	for rest := p; len(rest) > 0; {
		last := b.lastBlock()
		n := min(len(rest), cap(*last)-len(*last))
		*last = append(*last, rest[:n]...)
		b.size += int64(n)
		rest = rest[n:]
	}
	return len(p), nil
}

// lastBlock returns the last block, which has room for at least one byte.
func (b *blob) lastBlock() *[]byte {
	size := firstBlock
	if n := len(b.blocks); n > 0 {
		last := &b.blocks[n-1]
		if len(*last) < cap(*last) {
			return last
		}
		size = min(2*cap(*last), lastBlock)
	}
	b.blocks = append(b.blocks, make([]byte, 0, size))
	b.starts = append(b.starts, b.size)
	return &b.blocks[len(b.blocks)-1]
}

// ReadAt implements io.ReaderAt.
func (b *blob) ReadAt(p []byte, at int64) (n int, err error) {
	if at >= b.size {
		return 0, io.EOF
	}
	i, found := slices.BinarySearch(b.starts, at)
	if !found {
		i--
	}
	for ; i < len(b.blocks) && n < len(p); i++ {
		n += copy(p[n:], b.blocks[i][at+int64(n)-b.starts[i]:])
	}
	if n < len(p) {
		err = io.EOF
	}
	return n, err
}

// snapshot returns the text as it is now. It can be read while the text grows.
func (b *blob) snapshot() *blob {
	return &blob{slices.Clone(b.blocks), slices.Clone(b.starts), b.size}
}

// reader returns a reader of the part from start to end.
func (b *blob) reader(start, end int64) io.Reader { return io.NewSectionReader(b, start, end-start) }

// lines is a text that grows by lines.
type lines struct {
	text blob
	ends []int64 // where each line ends, without its newline
}

// add appends a line, which holds no newline. A blob takes everything.
func (l *lines) add(line []byte) {
	_, _ = l.text.Write(line)
	l.ends = append(l.ends, l.text.size)
	_, _ = l.text.Write([]byte{'\n'})
}

// line returns a reader of the nth line, and its length.
func (l *lines) line(n int) (r io.Reader, size int64) {
	start := int64(0)
	if n > 0 {
		start = l.ends[n-1] + 1
	}
	return l.text.reader(start, l.ends[n]), l.ends[n] - start
}

// snapshot returns the lines as they are now. They can be read while the text grows.
func (l *lines) snapshot() *lines { return &lines{*l.text.snapshot(), slices.Clone(l.ends)} }
