package api

// LocalError wraps an error of a Transport that did not come from the network. The client returns it unchanged; the error inside
// determines its kind.
type LocalError struct{ Err error }

func (e *LocalError) Error() string { return e.Err.Error() }

// Unwrap returns the cause.
func (e *LocalError) Unwrap() error { return e.Err }
