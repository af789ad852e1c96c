package conversation

import (
	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/input"
)

// CheckFlags refuses what the flags alone make impossible for every conversation that holds these messages. It looks at the
// fields that win over those of a record, and not at settings: a record may have another model.
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

// checkRetries refuses to ask again about one of several choices.
func checkRetries(req *api.Request, retriesByFlag bool) error {
	if retriesByFlag && req.Choices() > 1 {
		return failure.BadUsage("", "--schema-retries goes with one choice: which of several would be asked for again")
	}
	return nil
}
