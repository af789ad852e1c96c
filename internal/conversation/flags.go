package conversation

import (
	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/input"
)

// CheckFlags returns an error if the flags are invalid for every conversation with these messages. It checks only
// fields that take precedence over those of a record, not settings, because a record may choose another model.
func (t *Template) CheckFlags(conv *input.Conversation, retriesByFlag bool) error {
	req := &api.Request{Messages: conv.Messages()}
	for _, p := range t.parameters {
		if p.Wins {
			req.Fields = req.Fields.With(p.Field, p.Value)
		}
	}
	if model := t.fields.Get("model"); model != nil {
		req.Fields = req.Fields.With("model", model)
	}
	if err := t.check(req); err != nil {
		return err
	}
	return checkRetries(req, retriesByFlag)
}

// checkRetries returns an error if schema retries are set together with several choices.
func checkRetries(req *api.Request, retriesByFlag bool) error {
	if retriesByFlag && req.Choices() > 1 {
		return failure.BadUsage("", "--schema-retries works with one choice only: with several, it is unclear which to ask for again")
	}
	return nil
}
