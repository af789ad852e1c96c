package secret

import "strings"

// Stream replaces secrets in a text that comes in pieces, where a secret may stand across
// several. It holds back the end of a piece only while that may be the beginning of a
// secret.
type Stream struct {
	redactor *Redactor
	said     string // the end of what is out, as long as a secret may be
	held     string
}

// holdFrom is how many bytes must look like a secret's beginning to be held back: a piece
// that only ends in the x of xai- goes out at once.
const holdFrom = 4

// Stream begins a text.
func (r *Redactor) Stream() *Stream { return &Stream{redactor: r} }

// Next takes a piece and returns what may go out now.
func (s *Stream) Next(piece string) string {
	values := s.redactor.known()
	if len(values) == 0 {
		return piece
	}
	all := s.said + s.held + piece
	out := across(values, all, len(s.said))
	keep := min(beginning(values, all), len(out))
	s.held = out[len(out)-keep:]
	out = out[:len(out)-keep]
	s.said = all[:len(all)-keep]
	if longest := len(values[0]); len(s.said) > longest {
		s.said = s.said[len(s.said)-longest:]
	}
	return out
}

// End returns what was held back.
func (s *Stream) End() string {
	held := s.held
	s.held, s.said = "", ""
	return held
}

// across returns all from said on, with the part of each secret that lies there replaced.
func across(values []string, all string, said int) string {
	for _, v := range values {
		for from := max(0, said-len(v)+1); ; {
			i := strings.Index(all[from:], v)
			if i < 0 {
				break
			}
			begin, end := max(from+i, said), from+i+len(v)
			all = all[:begin] + stars + all[end:]
			from = begin + len(stars)
		}
	}
	return all[said:]
}

// beginning is the length of the longest end of the text that begins a secret.
func beginning(values []string, text string) int {
	for n := min(len(text), len(values[0])-1); n >= holdFrom; n-- {
		for _, v := range values {
			if n < len(v) && strings.HasSuffix(text, v[:n]) {
				return n
			}
		}
	}
	return 0
}
