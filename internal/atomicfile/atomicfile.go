// Package atomicfile writes files whole or not at all: who reads one sees what it was or what it is, however the process ends.
package atomicfile

import (
	"crypto/rand"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Write puts text into a file, on disk when it returns, and keeps its permissions. A new file gets those that the process gives
// to new files. Where the name can't be taken, the error names the file that holds the text.
func Write(name string, text []byte) error {
	made, err := create(filepath.Dir(name))
	if err != nil {
		return err
	}
	err = fill(made, text, name)
	if err = errors.Join(err, made.Close()); err != nil {
		return errors.Join(err, os.Remove(made.Name()))
	}
	if err := takeName(made.Name(), name); err != nil {
		return fmt.Errorf("it is kept in %s: %w", made.Name(), err)
	}
	return nil
}

// fill puts text into a file that is to take the place of another.
func fill(f *os.File, text []byte, other string) error {
	if info, err := os.Stat(other); err == nil {
		// Some file systems have no permissions to keep.
		_ = f.Chmod(info.Mode().Perm())
	}
	if _, err := f.Write(text); err != nil {
		return err
	}
	return f.Sync()
}

// create makes a hidden file in a folder.
func create(folder string) (*os.File, error) {
	for {
		name := filepath.Join(folder, ".chatcmpl-"+rand.Text())
		f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o666)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
}

// Check returns an error if no file can be made in a folder. It makes one and removes it.
func Check(folder string) error {
	probe, err := create(folder)
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		// The name of the probe would say nothing to anybody.
		err = path.Err
	}
	if err != nil {
		return fmt.Errorf("no file can be made in %s: %w", folder, err)
	}
	return errors.Join(probe.Close(), os.Remove(probe.Name()))
}

// maxLinks is how many symbolic links may lead to a file, as Linux has it.
const maxLinks = 40

// Resolve returns the name of the file that symbolic links lead to, whether it exists or not.
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

// Same reports whether two names mean one file, or would if there were one.
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
