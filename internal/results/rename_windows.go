package results

import (
	"errors"
	"os"

	"github.com/chatcmpl/chatcmpl/internal/lock"
)

// appendOnly is no flag here, because Windows does not truncate a file that is opened for appending.
const appendOnly = 0

// replaceFile renames a locked file to the name of an old one. Windows neither renames nor replaces an open file, so
// replaceFile closes both, and locks the file under its new name. If another process opens a file in between, replaceFile
// fails, and either the old file or the new one is there.
func replaceFile(name string, newFile, oldFile *os.File) (*os.File, error) {
	if err := errors.Join(newFile.Close(), oldFile.Close()); err != nil {
		return nil, err
	}
	if err := os.Rename(newFile.Name(), name); err != nil {
		return nil, err
	}
	return lock.Open(name, os.O_RDWR, 0)
}
