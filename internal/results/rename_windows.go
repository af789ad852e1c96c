package results

import "os"

// replaceFile renames a file to the name of an existing one. Windows can't replace an open file, so replaceFile first
// closes the old one, which releases its lock; the new file is locked already.
func replaceFile(from, to string, old *os.File) error {
	if err := old.Close(); err != nil {
		return err
	}
	return os.Rename(from, to)
}
