package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Fallback calls save with the name of a new file, until it succeeds, for text that can't be written to the named file.
// The new file is in the directory of that file, in one of its parents, or in the directory for temporary files. dir is
// the absolute directory of the file, determined before something happened to it. save returns fs.ErrExist if the name
// is taken.
func Fallback(name, dir string, save func(name string) error) (saved string, err error) {
	for _, dir := range fallbackDirs(filepath.Dir(name), dir) {
		saved, saveErr := saveIn(dir, filepath.Base(name), save)
		if saveErr == nil {
			return saved, nil
		}
		err = errors.Join(err, saveErr)
	}
	return "", err
}

func fallbackDirs(given, absolute string) []string {
	dirs := []string{given}
	for dir := absolute; dir != filepath.Dir(dir); dir = filepath.Dir(dir) {
		dirs = append(dirs, filepath.Dir(dir))
	}
	return append(dirs, os.TempDir())
}

func saveIn(dir, base string, save func(name string) error) (saved string, err error) {
	first := filepath.Join(dir, base+".saved")
	saved, err = first, save(first)
	for number := 2; errors.Is(err, fs.ErrExist); number++ {
		saved = fmt.Sprintf("%s.%d", first, number)
		err = save(saved)
	}
	return saved, err
}

// WriteNew writes text to a new file, which only its owner can read. The text is on disk when WriteNew returns; if it
// can't be written, there is no file.
func WriteNew(name string, text []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(text)
	if err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		return errors.Join(err, os.Remove(name))
	}
	return nil
}
