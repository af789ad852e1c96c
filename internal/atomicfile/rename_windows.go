package atomicfile

import "os"

// rename renames a file, replacing an existing one.
func rename(from, to string) error { return os.Rename(from, to) }
