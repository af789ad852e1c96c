package console

import "strings"

// plainPunctuation needs no quotes in cmd and in PowerShell.
const plainPunctuation = `-_./\:=+`

// quote puts a word in double quotes, the only ones that both cmd and PowerShell know.
func quote(word string) string {
	word = strings.ReplaceAll(word, `"`, `\"`)
	if strings.HasSuffix(word, `\`) {
		// A backslash at the end would escape the closing quote.
		word += `\`
	}
	return `"` + word + `"`
}
