//go:build unix

package results

import (
	"os"
	"path/filepath"
)

// takeName gives a file another's name, in one step that is on disk when it returns.
func takeName(from, to string, _ *os.File) error {
	if err := os.Rename(from, to); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(to))
	if err != nil {
		return err
	}
	defer func() { _ = dir.Close() }()
	return dir.Sync()
}
