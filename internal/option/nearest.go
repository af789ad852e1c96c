package option

import "strings"

// Nearest returns the name that a mistyped word was most likely meant to be; empty if none is near.
func Nearest(word string, names []string) string {
	if len(word) < 3 {
		return ""
	}
	best, least := "", max(1, len(word)/3)+1
	for _, name := range names {
		d := distance(word, name)
		if strings.HasPrefix(name, word) {
			d = min(d, 1)
		}
		if d < least {
			best, least = name, d
		}
	}
	return best
}

// distance returns how many bytes must be inserted, deleted, replaced or swapped with their neighbors to make b of a.
func distance(a, b string) int {
	before, row, next := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		next[0] = i + 1
		for j := range len(b) {
			change := row[j]
			if a[i] != b[j] {
				change++
			}
			next[j+1] = min(change, row[j+1]+1, next[j]+1)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row, next = row, next, before
	}
	return row[len(b)]
}
