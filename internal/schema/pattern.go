package schema

import (
	"regexp"
	"regexp/syntax"

	"github.com/chatcmpl/chatcmpl/internal/format"
)

// pattern is a compiled regular expression, and the number of its instructions.
type pattern struct {
	re   *regexp.Regexp
	size int
}

// matches reports whether a text matches, and takes the steps for it.
func (p pattern) matches(c *checker, text string) bool {
	const start = 256
	return c.spend(start+len(text)*p.size) && p.re.MatchString(text)
}

func compilePattern(text string) (p pattern, err error) {
	goText, err := format.GoPattern(text)
	if err != nil {
		return p, err
	}
	if p.re, err = regexp.Compile(goText); err != nil {
		return p, err
	}
	// It has been parsed, so it compiles.
	parsed, _ := syntax.Parse(goText, syntax.Perl)
	program, _ := syntax.Compile(parsed.Simplify())
	p.size = len(program.Inst)
	return p, nil
}
