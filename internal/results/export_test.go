package results

// IsResult reports whether a line without its end is a result.
func IsResult(line []byte) bool {
	_, ok := parseResult(line)
	return ok
}
