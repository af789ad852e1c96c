//go:build unix

package results

import (
	"os"
	"path/filepath"
)

// replaceFile renames a file to the name of an existing one. The change is on disk when it returns.
func replaceFile(from, to string, _ *os.File) error {
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
