package results

import (
	"bufio"
	"bytes"
	"io"
	"math"
	"os"
	"path/filepath"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/lock"
)

// temporaryPrefix returns the prefix of the names of temporary files that replace a file; digits follow it.
func temporaryPrefix(name string) string { return "." + filepath.Base(name) + "." }

// removeLeftovers removes the temporary files of runs that were killed while replacing the file. No such run is still
// alive, because this one holds the lock.
func (f *File) removeLeftovers() {
	dir, err := os.Open(filepath.Dir(f.name))
	if err != nil {
		return
	}
	defer func() { _ = dir.Close() }()
	for err == nil {
		var names []string
		names, err = dir.Readdirnames(1024)
		for _, name := range names {
			number, ok := strings.CutPrefix(name, temporaryPrefix(f.name))
			if ok && number != "" && strings.Trim(number, "0123456789") == "" {
				f.removeLeftover(filepath.Join(dir.Name(), name))
			}
		}
	}
}

// removeLeftover removes a temporary file if all its results are also in f, so that none is lost.
func (f *File) removeLeftover(name string) {
	if info, err := os.Lstat(name); err != nil || !info.Mode().IsRegular() {
		return
	}
	left, err := lock.Open(name, os.O_RDWR, 0)
	if err != nil {
		return
	}
	useless := isPart(left, io.NewSectionReader(f.f, 0, math.MaxInt64))
	// Windows can't remove an open file.
	if err := left.Close(); err == nil && useless {
		_ = os.Remove(name)
	}
}

// isPart reports whether whole contains all lines of part in the same order. The last line of part may be incomplete.
func isPart(part, whole io.Reader) bool {
	in := bufio.NewReaderSize(part, 1<<20)
	next, err := in.ReadBytes('\n')
	_ = scan(whole, func(line []byte, _, _ int64, _ bool) error {
		text, whole := bytes.CutSuffix(next, []byte("\n"))
		if bytes.Equal(line, text) || !whole && bytes.HasPrefix(line, text) {
			next, err = in.ReadBytes('\n')
		}
		return nil
	})
	return len(next) == 0 && err == io.EOF
}
