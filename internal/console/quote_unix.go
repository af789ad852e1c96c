//go:build unix

package console

// plainPunctuation needs no quotes in a shell.
const plainPunctuation = "-_./:=,@%+"

func quote(word string) string { return QuoteShell(word) }
