package accept

import (
	"fmt"
	"net/http"
	"slices"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/reply"
)

// unacceptableError reports a reply that the caller does not accept.
type unacceptableError struct {
	reasons []string // the words of --accept that would accept it
	message string
}

func (e *unacceptableError) Error() string { return e.message }

// Failure implements failure.Reporter.
func (e *unacceptableError) Failure() failure.Report {
	return failure.Report{Kind: failure.Unacceptable, Hint: "--accept " + strings.Join(e.reasons, ",") + " accepts it"}
}

// Check returns an error if a reply is not acceptable: of kind Unacceptable if a word of --accept would accept it, a
// *reply.Error if it has fewer choices than requested.
func (r *Rules) Check(resp *reply.Response, choices int) error {
	if resp.Deferred != "" && len(resp.Choices) == 0 {
		if r.options.JSON || r.accepts("empty") {
			return nil
		}
		return &unacceptableError{[]string{"empty"}, "the reply is deferred under the request_id " + resp.Deferred + ", which --json prints"}
	}
	if got := len(resp.Choices); got < choices {
		return &reply.Error{
			Kind: failure.Malformed, Status: http.StatusOK, RequestID: resp.RequestID, Retryable: true,
			Message: fmt.Sprintf("the server sent %d of %d choices", got, choices),
		}
	}
	var reasons, messages []string
	for place := range resp.Choices {
		for _, p := range r.problems(resp, place) {
			if !r.accepts(p.reason) && !slices.Contains(reasons, p.reason) {
				reasons = append(reasons, p.reason)
				messages = append(messages, p.message)
			}
		}
	}
	if reasons == nil {
		return nil
	}
	return &unacceptableError{reasons, strings.Join(messages, "; ")}
}

// Complaint describes a problem with a reply that asking again may solve; empty if there is none. A reply cut by a
// limit would be cut again.
func (r *Rules) Complaint(resp *reply.Response) string {
	if r.schema == nil || len(resp.Choices) != 1 {
		return ""
	}
	choice := resp.Choices[0]
	if ending := choice.Ending(); choice.Length == 0 || choice.Refusal != "" || ending == reply.Limited || ending == reply.Filtered {
		return ""
	}
	return r.mismatch([]byte(r.Text(choice.Text)))
}

func (r *Rules) accepts(reason string) bool { return slices.Contains(r.options.Reasons, reason) }

// problem describes why a caller may not accept a choice: reason is the word of --accept that would accept it.
type problem struct{ reason, message string }

// problems returns the problems of the choice at an index. It checks the text only if there is no other problem.
func (r *Rules) problems(resp *reply.Response, place int) []problem {
	choice := resp.Choices[place]
	found := choiceProblems(choice, r.options.JSON)
	if found == nil && choice.Length > 0 && r.ChecksText() {
		return r.textProblems(resp.Choices[place].Text)
	}
	return found
}

// choiceProblems returns the problems of a choice that don't depend on the content of its text. With asJSON, missing
// text is no problem.
func choiceProblems(choice reply.Choice, asJSON bool) []problem {
	var found []problem
	switch choice.Ending() { //nolint:exhaustive // no other ending is a problem
	case reply.Limited:
		found = append(found, problem{"length", "the reply was ended by a token limit (finish_reason " + choice.FinishReason + ")"})
	case reply.Filtered:
		found = append(found, problem{"content_filter", "the reply was ended by a content filter (finish_reason " + choice.FinishReason + ")"})
	}
	if choice.Refusal != "" {
		found = append(found, problem{"refusal", "the model refused: " + choice.Refusal})
	}
	switch {
	case choice.Length > 0, asJSON && choice.ToolCalls > 0:
	case choice.ToolCalls > 0:
		found = append(found, problem{"tool_calls", fmt.Sprintf("the reply is %s and no text; --json prints it all", calls(choice.ToolCalls))})
	case found == nil:
		found = append(found, problem{"empty", "the reply holds no text"})
	}
	return found
}

func calls(n int) string {
	if n == 1 {
		return "1 tool call"
	}
	return fmt.Sprintf("%d tool calls", n)
}
