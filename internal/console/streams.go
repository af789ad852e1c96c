package console

import "os"

// StreamTo returns the standard stream that writes to the named regular file, as messages call it; empty if none does.
func (c *Console) StreamTo(file string) string {
	named, err := os.Stat(file)
	if err != nil || !named.Mode().IsRegular() {
		return ""
	}
	isFile := func(stream *os.File) bool {
		info, err := stream.Stat()
		return err == nil && os.SameFile(info, named)
	}
	switch {
	case isFile(c.Stdout):
		return "standard output"
	case isFile(c.Stderr):
		return "standard error"
	}
	return ""
}
