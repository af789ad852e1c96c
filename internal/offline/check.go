package offline

import (
	"math"
	"net/http"
	"slices"

	"github.com/chatcmpl/chatcmpl/internal/api"
)

// The limits of a request. maxChoices is this endpoint's own (xAI names none): one small request must not ask for gigabytes.
const (
	maxChoices  = 1024
	maxStops    = 4
	maxLogprobs = 8
)

// check refuses what is a request but not one that the API takes, and looks at the pictures.
func (q *request) check() error {
	for _, step := range []func() error{
		q.checkMessages, q.checkIntegers, q.checkNumbers, q.checkModelRules, q.checkTools, q.checkChoices, q.checkGone, q.checkPictures,
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (q *request) checkMessages() error {
	if len(q.messages) == 0 {
		return invalid("Invalid request content: messages must contain at least one message.")
	}
	for i, m := range q.messages {
		switch m.role {
		case "system", "developer", "user", "assistant", "tool", "function":
		default:
			return invalid("Invalid request content: messages[%d] has the unknown role %q.", i, clip(m.role))
		}
		if m.parts == 0 && !m.calls {
			return invalid("Invalid request content: Each message must have at least one content element.")
		}
	}
	return nil
}

func (q *request) checkIntegers() error {
	for _, p := range []struct {
		name        string
		value       *int64
		least, most int64
	}{
		{"n", q.n, 1, maxChoices},
		{"seed", q.seed, math.MinInt32, math.MaxInt32},
		{"max_tokens", q.maxTokens, 1, math.MaxInt32},
		{"max_completion_tokens", q.maxCompletionTokens, 1, math.MaxInt32},
		{"top_logprobs", q.topLogprobs, 0, maxLogprobs},
	} {
		if p.value != nil && (*p.value < p.least || *p.value > p.most) {
			return invalid("Invalid request content: %s must be between %d and %d.", p.name, p.least, p.most)
		}
	}
	if len(q.stop) > maxStops {
		return invalid("Invalid request content: stop must have at most %d sequences.", maxStops)
	}
	return nil
}

func (q *request) checkNumbers() error {
	for _, p := range []struct {
		name        string
		value       *float64
		least, most float64
	}{
		{"temperature", q.temperature, 0, 2},
		{"presence_penalty", q.presence, -2, 2},
		{"frequency_penalty", q.frequency, -2, 2},
	} {
		if p.value != nil && (*p.value < p.least || *p.value > p.most) {
			return invalid("Invalid request content: %s must be between %g and %g.", p.name, p.least, p.most)
		}
	}
	if q.topP != nil && (*q.topP <= 0 || *q.topP > 1) {
		return invalid("Invalid request content: top_p must be greater than 0 and at most 1.")
	}
	return nil
}

// checkModelRules refuses what reasoning models refuse. A penalty of 0.0 is a penalty; an empty list of stops is none.
func (q *request) checkModelRules() error {
	refused := api.Refused(q.model)
	for _, p := range []struct {
		field, name string
		given       bool
	}{
		{"presence_penalty", "presencePenalty", q.presence != nil},
		{"frequency_penalty", "frequencyPenalty", q.frequency != nil},
		{"stop", "stop", len(q.stop) > 0},
	} {
		if p.given && slices.Contains(refused, p.field) {
			return invalid("Model %s does not support parameter %s.", clip(q.model), p.name)
		}
	}
	return nil
}

func (q *request) checkChoices() error {
	for _, m := range q.messages {
		if m.files > 0 && q.choices() > 1 {
			return invalid("Invalid request content: n must be 1 when a message has file parts.")
		}
	}
	return nil
}

// checkGone refuses what was there once, and what does not go together.
func (q *request) checkGone() error {
	switch q.effort {
	case "", "none", "minimal", "low", "medium", "high", "xhigh":
	default:
		return invalid("Invalid request content: Invalid reasoning effort %q.", clip(q.effort))
	}
	switch {
	case q.search:
		return &apiError{status: http.StatusGone, code: "gone", text: liveSearchGone}
	case q.deferred && q.stream:
		return &apiError{status: http.StatusBadRequest, bare: true, text: "Deferred requests can't be streamed."}
	}
	return nil
}

const liveSearchGone = "Live search is no longer available. Please remove search_parameters from the request."

func (q *request) checkPictures() error {
	for i := range q.messages {
		m := &q.messages[i]
		for _, url := range m.urls {
			shown, err := inspect(url.content())
			if err != nil {
				return err
			}
			m.pictures = append(m.pictures, shown)
		}
	}
	return nil
}

func (q *request) choices() int {
	if q.n == nil {
		return 1
	}
	return int(*q.n)
}

// limit is how many tokens a reply may have; -1 is no limit. max_tokens is the older name, so it yields to the newer.
func (q *request) limit() int {
	for _, most := range []*int64{q.maxCompletionTokens, q.maxTokens} {
		if most != nil {
			return int(*most)
		}
	}
	return -1
}
