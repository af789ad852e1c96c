package cli

import "os"

// dieBy ends the process with the status that Windows gives to one ended by ^C
// (STATUS_CONTROL_C_EXIT).
func dieBy(os.Signal) { os.Exit(0xC000013A) }
