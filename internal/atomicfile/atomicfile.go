// Package atomicfile replaces files atomically: a reader sees the old content or the new content, even after a crash.
package atomicfile

import (
	"bufio"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Write replaces the content of a file and keeps its permissions; a new file gets the default permissions of the
// process. The text is on disk when Write returns. If Write returns an error, the file is unchanged.
func Write(name string, text []byte) error {
	made, err := create(filepath.Dir(name))
	if err != nil {
		return err
	}
	err = fill(made, text, name)
	if err = errors.Join(err, made.Close()); err == nil {
		err = rename(made.Name(), name)
	}
	if err != nil {
		// After a failed sync of the directory, the file has its new name.
		_ = os.Remove(made.Name())
	}
	return err
}

// fill writes text to f, syncs it, and gives it the permissions of the file that it is to replace.
func fill(f *os.File, text []byte, other string) error {
	keepMode(f, other)
	if _, err := f.Write(text); err != nil {
		return err
	}
	return f.Sync()
}

// keepMode gives a file the permissions of the one whose place it is to take.
func keepMode(f *os.File, other string) {
	if info, err := os.Stat(other); err == nil {
		// Some file systems have no permissions to keep.
		_ = f.Chmod(info.Mode().Perm())
	}
}

// create creates a hidden file with a random name in a directory.
func create(folder string) (*os.File, error) {
	for {
		name := filepath.Join(folder, ".chatcmpl-"+rand.Text())
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
}

// Check returns an error if no file can be created in a directory. It creates a temporary file and removes it.
func Check(folder string) error {
	probe, err := create(folder)
	if err != nil {
		return fmt.Errorf("no file can be made in %s: %w", folder, WithoutPath(err))
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// WithoutPath returns the cause of an error about a file. The random name of a temporary file would only confuse the user.
func WithoutPath(err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		return path.Err
	}
	return err
}

// maxLinks is the maximum number of symbolic links that Resolve follows, as on Linux.
const maxLinks = 40

// Resolve follows symbolic links and returns the name of their target, even if it does not exist.
func Resolve(name string) string {
	for range maxLinks {
		to, err := os.Readlink(name)
		if err != nil {
			break
		}
		if !filepath.IsAbs(to) {
			to = filepath.Join(filepath.Dir(name), to)
		}
		name = to
	}
	return name
}

// Same reports whether two names refer to the same file, also if it does not exist yet.
func Same(a, b string) bool {
	one, err := os.Stat(a)
	if err == nil {
		other, err := os.Stat(b)
		return err == nil && os.SameFile(one, other)
	}
	a, b = Resolve(a), Resolve(b)
	if filepath.Base(a) != filepath.Base(b) {
		return false
	}
	one, err = os.Stat(filepath.Dir(a))
	if err != nil {
		return false
	}
	other, err := os.Stat(filepath.Dir(b))
	return err == nil && os.SameFile(one, other)
}

// Stream writes a file as Write does, by a function that may write much. The new text is in the file temporary until it is
// whole; one that a killed process left there is removed.
func Stream(name, temporary string, write func(io.Writer) error) error {
	if err := os.Remove(temporary); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	made, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
	if err != nil {
		return err
	}
	keepMode(made, name)
	buf := bufio.NewWriterSize(made, 1<<20)
	if err = write(buf); err == nil {
		err = buf.Flush()
	}
	if err == nil {
		err = made.Sync()
	}
	if err = errors.Join(err, made.Close()); err == nil {
		err = rename(temporary, name)
	}
	if err != nil {
		return errors.Join(err, os.Remove(temporary))
	}
	return nil
}
