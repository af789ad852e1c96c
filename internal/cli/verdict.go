package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/api"
)

// judge says whether the reply that came is one that the caller takes.
func (j *job) judge(resp *api.Response) error {
	err := j.output.judge(resp, j.req.Choices(), j.output.raw())
	if err == nil {
		j.noteCalls(resp)
	}
	return err
}

// judge says whether a reply is one that the caller takes: a *api.Error where it is not what
// was asked for, an *unacceptableError where --accept would allow it. With raw the JSON is
// what was asked for, so that a reply needs no text.
func (f *outputFlags) judge(resp *api.Response, want int, raw bool) error {
	if resp.Deferred != "" && len(resp.Choices) == 0 {
		if raw || slices.Contains(f.accept, "empty") {
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
	var reasons, said []string
	for place := range resp.Choices {
		for _, fault := range f.faults(resp, place, raw) {
			if slices.Contains(f.accept, fault.reason) || slices.Contains(reasons, fault.reason) {
				continue
			}
			reasons = append(reasons, fault.reason)
			said = append(said, fault.said)
		}
	}
	if reasons == nil {
		return nil
	}
	return &unacceptableError{reasons, strings.Join(said, "; ")}
}

// noteCalls tells of tool calls that stand beside a text: the text is what was asked for,
// and the calls are not in it.
func (j *job) noteCalls(resp *api.Response) {
	for _, choice := range resp.Choices {
		if !j.output.raw() && choice.Length > 0 && choice.ToolCalls > 0 {
			j.env.note("the reply holds text and %s; --json prints it all", plural(choice.ToolCalls, "tool call"))
		}
	}
}

// fault is something about a choice that a caller may not want to take.
type fault struct{ reason, said string }

// faults are those of a choice, by its place among them. Its text is looked at only where
// nothing else is wrong.
func (f *outputFlags) faults(resp *api.Response, place int, raw bool) []fault {
	choice := resp.Choices[place]
	found := faults(choice, raw)
	if found == nil && choice.Length > 0 && f.shape.checks() {
		return f.shape.faults(resp.Text(place))
	}
	return found
}

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
	case choice.Length > 0, raw && choice.ToolCalls > 0:
	case choice.ToolCalls > 0:
		found = append(found, fault{"tool_calls", fmt.Sprintf("the reply is %s and no text; --json prints it all", plural(choice.ToolCalls, "tool call"))})
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
