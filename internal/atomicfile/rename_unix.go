//go:build unix

package atomicfile

import (
	"os"
	"path/filepath"
)

// rename renames a file, replacing an existing one. The change is on disk when it returns.
func rename(from, to string) error {
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
