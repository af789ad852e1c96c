package offline

import (
	"math"
	"net/http"
	"slices"

	"github.com/chatcmpl/chatcmpl/internal/models"
	"github.com/chatcmpl/chatcmpl/internal/picture"
	"github.com/chatcmpl/chatcmpl/internal/serde"
)

// Limits of a request. maxChoices is this endpoint's own (xAI documents none): one small request must not ask for
// gigabytes.
const (
	maxChoices  = 1024
	maxStops    = 4
	maxLogprobs = 8
)

// check refuses a well-formed request that the API refuses, and describes the pictures in it.
func (q *chatRequest) check(anyEffort bool) error {
	for _, check := range []func() error{
		q.checkMessages, q.checkIntegers, q.checkNumbers, q.checkModelRules, q.checkToolChoice, q.checkChoices,
		func() error { return q.checkEffort(anyEffort) }, q.checkModes, q.checkPictures,
	} {
		if err := check(); err != nil {
			return err
		}
	}
	return nil
}

func (q *chatRequest) checkMessages() error {
	if len(q.messages) == 0 {
		return invalidContent("messages must contain at least one message.")
	}
	for i, m := range q.messages {
		switch m.role {
		case "system", "developer", "user", "assistant", "tool", "function":
		default:
			return invalidContent("messages[%d] has the unknown role %q.", i, serde.Clip(m.role))
		}
		if m.parts == 0 && !m.calls {
			return invalidContent("Each message must have at least one content element.")
		}
	}
	return nil
}

func (q *chatRequest) checkIntegers() error {
	for _, p := range []struct {
		name     string
		value    *int64
		min, max int64
	}{
		{"n", q.n, 1, maxChoices},
		{"seed", q.seed, math.MinInt32, math.MaxInt32},
		{"max_tokens", q.maxTokens, 1, math.MaxInt32},
		{"max_completion_tokens", q.maxCompletionTokens, 1, math.MaxInt32},
		{"top_logprobs", q.topLogprobs, 0, maxLogprobs},
	} {
		if p.value != nil && (*p.value < p.min || *p.value > p.max) {
			return invalidContent("%s must be between %d and %d.", p.name, p.min, p.max)
		}
	}
	if len(q.stop) > maxStops {
		return invalidContent("stop must have at most %d sequences.", maxStops)
	}
	return nil
}

func (q *chatRequest) checkNumbers() error {
	for _, p := range []struct {
		name     string
		value    *float64
		min, max float64
	}{
		{"temperature", q.temperature, 0, 2},
		{"presence_penalty", q.presence, -2, 2},
		{"frequency_penalty", q.frequency, -2, 2},
	} {
		if p.value != nil && (*p.value < p.min || *p.value > p.max) {
			return invalidContent("%s must be between %g and %g.", p.name, p.min, p.max)
		}
	}
	if q.topP != nil && (*q.topP <= 0 || *q.topP > 1) {
		return invalidContent("top_p must be greater than 0 and at most 1.")
	}
	return nil
}

// checkModelRules refuses what the model refuses. A penalty of 0.0 counts as given, an empty list of stops does not.
func (q *chatRequest) checkModelRules() error {
	refused := models.Refused(q.model)
	for _, p := range []struct {
		field, name string
		given       bool
	}{
		{"presence_penalty", "presencePenalty", q.presence != nil},
		{"frequency_penalty", "frequencyPenalty", q.frequency != nil},
		{"stop", "stop", len(q.stop) > 0},
	} {
		if p.given && slices.Contains(refused, p.field) {
			return unsupported(q.model, p.name)
		}
	}
	return nil
}

func (q *chatRequest) checkToolChoice() error {
	switch {
	case q.choice == nil:
		return nil
	case len(q.tools) == 0:
		return invalidContent("A tool_choice was set on the request but no tools were specified.")
	case q.choice.mode != "" || slices.ContainsFunc(q.tools, func(t tool) bool { return t.name == q.choice.name }):
		return nil
	}
	return invalidContent("tool_choice names the function %q, which is not among the tools.", serde.Clip(q.choice.name))
}

func (q *chatRequest) checkChoices() error {
	hasFiles := func(m message) bool { return m.files > 0 }
	if q.choices() > 1 && slices.ContainsFunc(q.messages, hasFiles) {
		return invalidContent("n must be 1 when a message has file parts.")
	}
	return nil
}

// checkEffort refuses an effort where the model takes none, unless every model takes any.
func (q *chatRequest) checkEffort(anyEffort bool) error {
	switch {
	case q.effort == "":
		return nil
	case !anyEffort && slices.Contains(models.Refused(q.model), "reasoning_effort"):
		return unsupported(q.model, "reasoningEffort")
	case q.effort == "minimal", slices.Contains(models.AllEfforts(), q.effort):
		return nil
	}
	return invalidContent("Invalid reasoning effort %q.", serde.Clip(q.effort))
}

// checkModes refuses live search, which the API no longer has, and a deferred stream.
func (q *chatRequest) checkModes() error {
	switch {
	case q.search:
		return searchGone()
	case q.deferred && q.stream:
		return &apiError{status: http.StatusBadRequest, bare: true, text: "Deferred requests can't be streamed."}
	}
	return nil
}

func (q *chatRequest) checkPictures() error {
	for i := range q.messages {
		m := &q.messages[i]
		for _, url := range m.urls {
			shown, err := picture.Describe(url.Content())
			if err != nil {
				return err
			}
			m.pictures = append(m.pictures, shown)
		}
	}
	return nil
}
