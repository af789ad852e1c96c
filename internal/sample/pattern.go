package sample

import (
	"regexp/syntax"
	"strings"
)

// sample makes a text that a regular expression is likely to match: the shortest one, made
// longer by spare characters where it may be, and by nth another one. It is for patterns
// that compile.
func sample(pattern string, spare, nth int) string {
	re, err := syntax.Parse(pattern, syntax.Perl)
	if err != nil {
		return ""
	}
	s := sampler{spare: spare, nth: nth}
	s.write(re)
	switch more := strings.Repeat("x", max(s.spare, 0)); {
	case !s.ended:
		s.WriteString(more)
	case !s.begun:
		return more + s.String()
	}
	return s.String()
}

type sampler struct {
	strings.Builder

	spare, nth int
	begun      bool // nothing may stand before it
	ended      bool // nor after it
}

func (s *sampler) write(re *syntax.Regexp) {
	switch re.Op {
	case syntax.OpLiteral:
		s.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		s.WriteRune(pick(re.Rune, s.nth))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		s.WriteByte('x')
	case syntax.OpBeginText:
		s.begun = true
	case syntax.OpEndText:
		s.ended = true
	case syntax.OpAlternate:
		s.write(re.Sub[s.nth%len(re.Sub)])
	case syntax.OpConcat, syntax.OpCapture:
		for _, sub := range re.Sub {
			s.write(sub)
		}
	case syntax.OpStar, syntax.OpQuest, syntax.OpPlus, syntax.OpRepeat:
		s.repeat(re)
	}
}

// repeat writes what must be there, and then more while characters are to spare.
func (s *sampler) repeat(re *syntax.Regexp) {
	least, most := re.Min, re.Max // of OpRepeat
	switch re.Op {
	case syntax.OpStar:
		least, most = 0, -1
	case syntax.OpQuest:
		least, most = 0, 1
	case syntax.OpPlus:
		least, most = 1, -1
	}
	for i := 0; i < least || s.spare > 0 && (most < 0 || i < most); i++ {
		before := s.Len()
		s.write(re.Sub[0])
		if i >= least {
			s.spare -= max(1, s.Len()-before)
		}
	}
}

// pick chooses a character of a class, given as pairs of bounds, that people can read.
func pick(class []rune, nth int) rune {
	var readable []rune
	for _, c := range "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789 -_.:/" {
		for i := 0; i+1 < len(class); i += 2 {
			if class[i] <= c && c <= class[i+1] {
				readable = append(readable, c)
			}
		}
	}
	switch {
	case len(readable) > 0:
		return readable[nth%len(readable)]
	case len(class) > 0:
		return class[0]
	}
	return 'x'
}
