package atomicfile

import "os"

// takeName gives a file another's name, in one step.
func takeName(from, to string) error { return os.Rename(from, to) }
