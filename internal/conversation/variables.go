package conversation

import (
	"slices"
	"strconv"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/connect"
	"github.com/chatcmpl/chatcmpl/internal/console"
)

// variables are the shell variables of a command, other than the key's.
type variables struct {
	names    []string
	meanings []string
}

// add returns the name of a new variable, made of the name of what it holds.
func (v *variables) add(of, meaning string) string {
	first := strings.Map(func(r rune) rune {
		if r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' {
			return r
		}
		return '_'
	}, strings.ToUpper(of))
	if first[0] >= '0' && first[0] <= '9' {
		first = "_" + first
	}
	name := first
	for n := 2; slices.Contains(v.names, name) || name == connect.XAIKeyVariable || name == connect.KeyVariable; n++ {
		name = first + "_" + strconv.Itoa(n)
	}
	v.names, v.meanings = append(v.names, name), append(v.meanings, meaning)
	return name
}

// tell says what the variables must hold.
func (v *variables) tell(con *console.Console) {
	for i, name := range v.names {
		con.Note("the variable %s must hold %s", name, v.meanings[i])
	}
}

// part is a part of a word of a command: a text, or the value of a variable.
type part struct{ text, variable string }

// word puts parts together as a word for a POSIX shell.
func word(parts ...part) string {
	var inside, mixed strings.Builder
	isSafe, hasVariable := true, false
	for _, p := range parts {
		if p.variable != "" {
			hasVariable = true
			inside.WriteString("$" + p.variable)
			mixed.WriteString(`"$` + p.variable + `"`)
			continue
		}
		isSafe = isSafe && !strings.ContainsAny(p.text, "$`\"\\!")
		inside.WriteString(p.text)
		mixed.WriteString(console.QuoteShell(p.text))
	}
	switch {
	case !hasVariable:
		return console.QuoteShell(inside.String())
	case isSafe:
		return `"` + inside.String() + `"`
	}
	return mixed.String()
}
