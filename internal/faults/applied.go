package faults

import "slices"

// Needs is a set of properties of an answer: those that a setting needs to apply, or those that the answer has.
type Needs uint

// The properties.
const (
	Chat       Needs = 1 << iota // a request for a chat completion
	Completion                   // a completion, not an error
	Model                        // a completion by a model, not by a rule
	Lorem                        // a completion by the model lorem
	Schema                       // a text for which the request has a schema
	Logprobs                     // a request that asks for log probabilities
	Reply                        // a completion in this response, which is not deferred, or an answer of the Batch API
	Stream                       // a stream of chunks
	Calls                        // calls of tools
	End                          // a reply that is not interrupted
	Fault                        // a request that every and first select
	Batch                        // a call of the Batch API
)

// Answer describes the answer to a request.
type Answer struct {
	Faults *Faults // that apply
	Has    Needs
	Deltas int // of content and of tool calls
}

// NotApplied returns the names of the settings that were given and can't apply to an answer.
func (s *Settings) NotApplied(a Answer) []string {
	how, after := Uninterrupted, never
	if a.Has&Reply != 0 {
		how, after = a.Faults.Interruption(a.Has&Stream != 0, a.Deltas)
	}
	has := a.Has | Fault
	if how == Uninterrupted {
		has |= End
	}
	var names []string
	for _, row := range s.given {
		missed := row.needs&^has != 0
		switch row.Name {
		case "error":
			missed = missed || how != Failed
		case "cut":
			missed = missed || how != Cut
		case "stall":
			missed = missed || how != Stalled
		case "damage":
			missed = missed || s.Faults.DamageAfter > a.Deltas || s.Faults.DamageAfter >= after
		}
		if missed && (row.needs&Fault == 0 || !a.Faults.spared) {
			names = append(names, row.Name)
		}
	}
	if all := a.Faults.Replacements(); len(all) > 1 {
		withStatus := func(name string) bool { return all[0] == "html" && name == "status" }
		names = append(names, slices.DeleteFunc(all[1:], withStatus)...)
	}
	slices.Sort(names)
	return names
}
