package results

import "os"

// takeName gives a file another's name. Windows does not replace a file that is open, so
// the old one is closed first; its lock is then the new file's, which is held already.
func takeName(from, to string, old *os.File) error {
	if err := old.Close(); err != nil {
		return err
	}
	return os.Rename(from, to)
}
