package recorder

import (
	"errors"
	"os"
)

// errNoFormat is no error of this system.
var errNoFormat = errors.New("no such format")

// endingSignal returns nil: no signal ends a process.
func endingSignal(*os.ProcessState) os.Signal { return nil }
