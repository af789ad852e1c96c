package accept

import (
	"encoding/json"
	"fmt"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
	"github.com/chatcmpl/chatcmpl/internal/render"
)

// maxViolations is the maximum number of schema violations that are reported.
const maxViolations = 3

// textProblems returns the problems of a reply's text.
func (r *Rules) textProblems(text string) []problem {
	part, found := r.part(text)
	if !found {
		return []problem{{"empty", "there is no " + r.describeFence() + " in the reply"}}
	}
	if r.options.Extract && strings.TrimSpace(part) == "" {
		return []problem{{"empty", "the " + r.describeFence() + " in the reply is empty"}}
	}
	if r.schema == nil {
		return nil
	}
	if mismatch := r.mismatch([]byte(part)); mismatch != "" {
		return []problem{{"schema", mismatch}}
	}
	return nil
}

// mismatch describes how a text violates the schema; empty if it matches.
func (r *Rules) mismatch(text []byte) string {
	if !rawjson.Valid(text) {
		return notJSON(string(text))
	}
	violations := r.schema.Check(text)
	if len(violations) == 0 {
		return ""
	}
	var messages []string
	for _, v := range violations[:min(len(violations), maxViolations)] {
		messages = append(messages, fmt.Sprintf("%s: %s (%s)", v.Path, v.Message, v.Rule))
	}
	more := ""
	if n := len(violations) - maxViolations; n > 0 {
		more = fmt.Sprintf("; and %d more", n)
	}
	return "the reply does not fit the schema: " + strings.Join(messages, "; ") + more
}

// notJSON describes why a text is not valid JSON.
func notJSON(text string) string {
	fence := render.Fence{}
	if inner := fence.Next(text) + fence.End(); fence.Found() && rawjson.Valid([]byte(inner)) {
		return "the reply is JSON in a code fence, which -x removes"
	}
	if rawjson.TooDeep([]byte(text)) {
		return "the reply is nested too deep to be read"
	}
	start := strings.IndexAny(text, "{[")
	if start < 0 {
		return "the reply is not JSON"
	}
	var value json.RawMessage
	decoder := json.NewDecoder(strings.NewReader(text[start:]))
	if decoder.Decode(&value) != nil {
		return "the reply is not JSON"
	}
	before := strings.TrimSpace(text[:start]) != ""
	after := strings.TrimSpace(text[start+int(decoder.InputOffset()):]) != ""
	switch {
	case before && after:
		return "the reply is JSON in the middle of other text"
	case before:
		return "the reply is JSON after other text"
	}
	return "the reply is JSON before other text"
}
