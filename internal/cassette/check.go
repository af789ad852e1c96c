package cassette

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
)

// Check reports why the file can't be used; nil if it can. Unless the mode is Replay, it creates a missing file,
// readable by its owner only.
func (c *Cassette) Check() error {
	info, err := os.Stat(c.Name)
	if err == nil && !info.Mode().IsRegular() && (c.Mode != Record || info.Mode()&fs.ModeNamedPipe != 0) {
		return &fs.PathError{Op: "open", Path: c.Name, Err: errNotRegular}
	}
	flag := os.O_RDWR | os.O_CREATE
	if c.Mode == Replay {
		flag = os.O_RDONLY
	}
	f, err := os.OpenFile(c.Name, flag, 0o600)
	if err != nil {
		return err
	}
	if c.Mode == Replay {
		return errors.Join(checkLines(f), f.Close())
	}
	return errors.Join(checkLines(f), checkKind(f), f.Close())
}

// checkLines returns an error if a file begins with an array whose first exchange is on the same line.
func checkLines(f *os.File) error {
	head := make([]byte, 16)
	n, _ := f.ReadAt(head, 0)
	inner, isArray := bytes.CutPrefix(bytes.TrimSpace(head[:n]), []byte("["))
	if !isArray || !begins(inner) {
		return nil
	}
	return &fs.PathError{Op: "open", Path: f.Name(), Err: errArray}
}

// errArray reports an array of exchanges in the form of jq -sc.
var errArray = errors.New("it holds an array, but must hold one exchange per line: jq -c '.[]' converts it")

// CheckKind returns an error if the file does not begin like a file of exchanges.
func (c *Cassette) CheckKind() error {
	f, err := os.Open(c.Name)
	if err != nil {
		return err
	}
	return errors.Join(checkKind(f), f.Close())
}

// checkKind returns an error if a file does not begin like a file of exchanges. Its name was probably given by mistake.
func checkKind(f *os.File) error {
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() {
		return err
	}
	head := make([]byte, 4<<10)
	n, _ := f.ReadAt(head, 0)
	head = bytes.TrimSpace(head[:n])
	start := []byte(`{"key":`) // a crash may have left any part of this
	begins := bytes.HasPrefix(head, start) || bytes.HasPrefix(start, head)
	if begins || bytes.Contains(head, []byte(`"request"`)) {
		return nil
	}
	return &fs.PathError{Op: "open", Path: f.Name(), Err: errNoExchanges}
}

// errNoExchanges reports a file of another kind.
var errNoExchanges = errors.New("it is not a file of recorded exchanges")
