//go:build unix

package results

import (
	"errors"
	"os"
	"path/filepath"
)

// appendOnly opens a file so that no write overwrites what another process has appended.
const appendOnly = os.O_APPEND

// replaceFile renames a locked file to the name of an old one, and closes the old one. The change is on disk when it
// returns. replaceFile returns the file that has the name now; there is no moment without a lock.
func replaceFile(name string, newFile, oldFile *os.File) (*os.File, error) {
	if err := os.Rename(newFile.Name(), name); err != nil {
		return nil, err
	}
	dir, err := os.Open(filepath.Dir(name))
	if err != nil {
		return nil, err
	}
	defer func() { _ = dir.Close() }()
	return newFile, errors.Join(dir.Sync(), oldFile.Close())
}
