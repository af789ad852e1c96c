package secret

import "strings"

// place holds the texts with the same path in the chunks of a stream.
type place struct {
	sent string  // end of the text already passed on, if it may begin a secret
	held []*text // texts held back because they may begin a secret
}

// text is a string in a chunk.
type text struct {
	start, end int // offsets in the chunk, including the quotes
	value      string
	changed    bool
}

// first returns the range of a secret in a text from an offset on; 0 and 0 if there is none.
func first(secrets []string, all string, from int) (begin, end int) {
	for _, v := range secrets {
		if i := find(all, v, from); i >= 0 {
			return i, i + len(v)
		}
	}
	return 0, 0
}

// settle holds back the texts that may begin a secret, and keeps the end of the others if it may belong to one.
func (p *place) settle(texts []*text, secrets []string) {
	all := p.sent + join(texts)
	open := len(all) - beginning(secrets, all)
	at := len(p.sent)
	first := len(texts)
	for i, t := range texts {
		if at += len(t.value); at > open {
			first = i
			break
		}
	}
	p.held = nil
	if first < len(texts) {
		p.held = texts[first:]
	}
	p.sent = all[:len(all)-len(join(p.held))]
	if p.held == nil && longestPrefix(secrets, p.sent) == 0 {
		p.sent = ""
	} else if longest := len(secrets[0]); len(p.sent) >= longest {
		p.sent = p.sent[len(p.sent)-longest+1:]
	}
}

func join(texts []*text) string {
	if len(texts) == 1 {
		return texts[0].value
	}
	var all strings.Builder
	for _, t := range texts {
		all.WriteString(t.value)
	}
	return all.String()
}

// holdFrom is the minimum length in bytes of a possible beginning of a secret for holding back a text, so that a text
// that ends with the x of xai- is passed on immediately.
const holdFrom = 4

// beginning returns the length of the longest suffix of a text that begins a secret; 0 if it is under holdFrom bytes.
func beginning(secrets []string, all string) int {
	if longest := longestPrefix(secrets, all); longest >= holdFrom {
		return longest
	}
	return 0
}

// longestPrefix returns the length of the longest suffix of a text that is a prefix of a secret.
func longestPrefix(secrets []string, all string) int {
	longest := 0
	for _, v := range secrets {
		end := all[max(0, len(all)-len(v)+1):]
		for i := strings.IndexByte(end, v[0]); i >= 0; i = strings.IndexByte(end, v[0]) {
			if end = end[i:]; strings.HasPrefix(v, end) {
				longest = max(longest, len(end))
				break
			}
			end = end[1:]
		}
	}
	return longest
}
