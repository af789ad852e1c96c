//go:build unix

package atomicfile

import (
	"os"
	"path/filepath"
)

// takeName gives a file another's name, in one step that is on disk when it returns.
func takeName(from, to string) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	folder, err := os.Open(filepath.Dir(to))
	if err != nil {
		return err
	}
	defer func() { _ = folder.Close() }()
	return folder.Sync()
}
