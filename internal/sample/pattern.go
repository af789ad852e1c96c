package sample

import (
	"regexp/syntax"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/format"
)

// matching makes a text that a regular expression of ECMAScript is likely to match: the shortest
// one, made longer by spare characters where that is possible, and by nth another one. It returns
// an empty text for a pattern that Go cannot use.
func matching(pattern string, spare, nth int) string {
	goPattern, err := format.GoPattern(pattern)
	if err != nil {
		return ""
	}
	re, err := syntax.Parse(goPattern, syntax.Perl)
	if err != nil {
		return ""
	}
	w := writer{spare: spare, nth: nth}
	w.write(re)
	switch more := strings.Repeat("x", max(w.spare, 0)); {
	case !w.ended:
		w.WriteString(more)
	case !w.begun:
		return more + w.String()
	}
	return w.String()
}

// writer writes one text that a regular expression matches.
type writer struct {
	strings.Builder

	spare, nth int
	begun      bool // nothing may stand before it
	ended      bool // nor after it
}

func (w *writer) write(re *syntax.Regexp) {
	switch re.Op {
	case syntax.OpLiteral:
		w.WriteString(string(re.Rune))
	case syntax.OpCharClass:
		w.WriteRune(pick(re.Rune, w.nth))
	case syntax.OpAnyChar, syntax.OpAnyCharNotNL:
		w.WriteByte('x')
	case syntax.OpBeginText:
		w.begun = true
	case syntax.OpEndText:
		w.ended = true
	case syntax.OpAlternate:
		w.write(re.Sub[w.nth%len(re.Sub)])
	case syntax.OpConcat, syntax.OpCapture:
		for _, sub := range re.Sub {
			w.write(sub)
		}
	case syntax.OpStar, syntax.OpQuest, syntax.OpPlus, syntax.OpRepeat:
		w.repeat(re)
	}
}

// repeat writes what must be there, and then more while characters are to spare.
func (w *writer) repeat(re *syntax.Regexp) {
	least, most := re.Min, re.Max // of OpRepeat
	switch re.Op {
	case syntax.OpStar:
		least, most = 0, -1
	case syntax.OpQuest:
		least, most = 0, 1
	case syntax.OpPlus:
		least, most = 1, -1
	}
	for i := 0; i < least || w.spare > 0 && (most < 0 || i < most); i++ {
		before := w.Len()
		w.write(re.Sub[0])
		if i >= least {
			w.spare -= max(1, w.Len()-before)
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
