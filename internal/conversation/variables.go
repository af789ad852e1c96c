package conversation

import (
	"slices"
	"strconv"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/connect"
	"github.com/chatcmpl/chatcmpl/internal/console"
)

// variables holds the shell variables of a command, except the one of the key.
type variables struct {
	names    []string
	meanings []string
}

// add adds a variable and returns its name, which is derived from the name of the secret.
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

// noteMeanings prints notes that say what each variable must hold.
func (v *variables) noteMeanings(con *console.Console) {
	for i, name := range v.names {
		con.Note("the variable %s must hold %s", name, v.meanings[i])
	}
}

// part is a literal text or a reference to a variable in a word of a command.
type part struct{ text, variable string }

// word joins parts to a quoted word for a POSIX shell.
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
