package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/api"
)

// judge says whether the reply that came is one that the caller takes.
func (j *job) judge(resp *api.Response) error {
	want := j.req.Choices()
	if resp.Deferred != "" && len(resp.Choices) == 0 {
		if j.output.raw() || slices.Contains(j.output.accept, "empty") {
			return nil
		}
		return &unacceptableError{[]string{"empty"}, "the reply is deferred under the request_id " + resp.Deferred + ", which --json prints"}
	}
	if got := len(resp.Choices); got < want {
		return &api.Error{
			Kind: api.KindMalformed, Status: 200, RequestID: resp.RequestID, After: -1, Retryable: true,
			Message: fmt.Sprintf("the server sent %d of %d choices", got, want),
		}
	}
	var found unacceptableError
	var said []string
	for _, choice := range resp.Choices {
		for _, f := range faults(choice, j.output.raw()) {
			if slices.Contains(j.output.accept, f.reason) || slices.Contains(found.reasons, f.reason) {
				continue
			}
			found.reasons = append(found.reasons, f.reason)
			said = append(said, f.said)
		}
	}
	if found.reasons == nil {
		return nil
	}
	found.message = strings.Join(said, "; ")
	return &found
}

// fault is something about a choice that a caller may not want to take.
type fault struct{ reason, said string }

func faults(choice api.Choice, raw bool) []fault {
	var found []fault
	switch choice.FinishReason {
	case "length":
		found = append(found, fault{"length", "the reply was ended by a token limit (finish_reason length)"})
	case "content_filter":
		found = append(found, fault{"content_filter", "the reply was ended by a content filter (finish_reason content_filter)"})
	}
	if choice.Refusal != "" {
		found = append(found, fault{"refusal", "the model refused: " + choice.Refusal})
	}
	switch {
	case raw || choice.Length > 0:
	case choice.ToolCalls > 0:
		found = append(found, fault{"tool_calls", fmt.Sprintf("the reply is %s and no text; --json prints them", plural(choice.ToolCalls, "tool call"))})
	case found == nil:
		found = append(found, fault{"empty", "the reply holds no text"})
	}
	return found
}

func plural(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
