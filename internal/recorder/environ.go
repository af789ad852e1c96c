package recorder

import (
	"slices"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/session"
)

// environment holds the environment variables of a command, as NAME=VALUE.
type environment []string

// get returns the value of a variable; empty if it is not set.
func (e environment) get(name string) string {
	for _, pair := range slices.Backward(e) {
		if value, ok := strings.CutPrefix(pair, name+"="); ok {
			return value
		}
	}
	return ""
}

// set returns the environment with a variable. A later value wins.
func (e environment) set(name, value string) environment { return append(e, name+"="+value) }

// ownFiles returns the variables by which each chatcmpl would use a file of its own.
func ownFiles() []string { return []string{"CHATCMPL_RECORD", "CHATCMPL_REPLAY", "CHATCMPL_CACHE"} }

// withoutOwnFiles returns the environment without those variables, and the names of those that were set.
func (e environment) withoutOwnFiles() (rest environment, removed []string) {
	for _, name := range ownFiles() {
		if e.get(name) != "" {
			removed = append(removed, name)
		}
	}
	rest = slices.DeleteFunc(slices.Clone(e), func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		return slices.Contains(ownFiles(), name)
	})
	return rest, removed
}

// The variables by which programs in other languages find an API.
const (
	openAIURL = "OPENAI_BASE_URL"
	openAIKey = "OPENAI_API_KEY"
)

// noKey is a key for clients that require one.
const noKey = "not-needed"

// withSession returns the environment of a command that takes part in a session.
func (e environment) withSession(a session.Address, base, host string, needsKey bool) environment {
	e = e.set(session.Variable, a.String()).set(openAIURL, base)
	if needsKey && e.get(openAIKey) == "" {
		e = e.set(openAIKey, noKey)
	}
	direct := e.get("NO_PROXY")
	if direct == "" {
		direct = e.get("no_proxy")
	}
	switch direct {
	case "*":
	case "":
		direct = host
	default:
		direct += "," + host
	}
	return e.set("NO_PROXY", direct).set("no_proxy", direct)
}
