package cli

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
	"github.com/chatcmpl/chatcmpl/internal/render"
)

// maxViolations is how many of a reply's faults are told.
const maxViolations = 3

// part is what is printed of a reply's text: all of it, or its code block. It is empty
// where there is none.
func (s *shape) part(text string) (part string, found bool) {
	if !s.extract {
		return text, true
	}
	f := render.Fence{Lang: s.lang}
	part = f.Next(text) + f.End()
	return part, f.Found()
}

// faults says what a text lacks.
func (s *shape) faults(text string) []fault {
	part, found := s.part(text)
	if !found {
		return []fault{{"empty", "there is no " + s.describeFence() + " in the reply"}}
	}
	if s.extract && strings.TrimSpace(part) == "" {
		return []fault{{"empty", "the " + s.describeFence() + " in the reply is empty"}}
	}
	if s.schema == nil {
		return nil
	}
	if said := s.misfit([]byte(part)); said != "" {
		return []fault{{"schema", said}}
	}
	return nil
}

// misfit says how a text differs from the schema; empty where it does not.
func (s *shape) misfit(text []byte) string {
	if !rawjson.Valid(text) {
		return notJSON(string(text))
	}
	wrong := s.schema.Check(text)
	if len(wrong) == 0 {
		return ""
	}
	var said []string
	for _, v := range wrong[:min(len(wrong), maxViolations)] {
		said = append(said, fmt.Sprintf("%s: %s (%s)", v.Path, v.Message, v.Rule))
	}
	more := ""
	if n := len(wrong) - maxViolations; n > 0 {
		more = fmt.Sprintf("; and %d more", n)
	}
	return "the reply does not fit the schema: " + strings.Join(said, "; ") + more
}

// notJSON says what a text is that was to be JSON.
func notJSON(text string) string {
	fence := render.Fence{}
	if inner := fence.Next(text) + fence.End(); fence.Found() && rawjson.Valid([]byte(inner)) {
		return "the reply is JSON in a code fence, which -x takes out"
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
		return "the reply is JSON in the midst of other text"
	case before:
		return "the reply is JSON after other text"
	}
	return "the reply is JSON before other text"
}

// insist asks until the reply fits the schema or no retry is left. discard is told of each
// reply that is asked for again, and why.
func (s *shape) insist(req *api.Request, ask func(*api.Request) (*api.Response, error), discard func(*api.Response, string)) (*api.Response, error) {
	var last *api.Response
	for left := s.retries; ; left-- {
		resp, err := ask(req)
		if ended := new(notStartedError); last != nil && errors.As(err, &ended) {
			// The run's end forestalled the question, not the reply that it was about.
			return last, nil
		}
		if err != nil || left == 0 {
			return resp, err
		}
		last = resp
		complaint := s.complaint(resp)
		if complaint == "" {
			return resp, nil
		}
		discard(resp, complaint)
		req = &api.Request{Fields: req.Fields, Messages: append(slices.Clip(req.Messages), turn("assistant", resp.Text(0)),
			turn("user", complaint+". Answer again, with nothing but JSON that fits the schema."))}
	}
}

// complaint is what is wrong with a reply that asking again can mend; empty where nothing
// is. A reply that was cut by a limit would be cut again.
func (s *shape) complaint(resp *api.Response) string {
	if s.schema == nil || len(resp.Choices) != 1 {
		return ""
	}
	choice := resp.Choices[0]
	if choice.Length == 0 || choice.Refusal != "" || choice.FinishReason == "length" || choice.FinishReason == "content_filter" {
		return ""
	}
	part, _ := s.part(choice.Text)
	return s.misfit([]byte(part))
}

// turn is a message of a role.
func turn(role, text string) rawjson.Doc {
	return rawjson.Of(rawjson.Object{{Key: "role", Value: rawjson.Quote(role)}, {Key: "content", Value: rawjson.Quote(text)}}.JSON())
}
