package settings

import (
	"fmt"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/option"
)

// givesWay reports whether an option must stay unset because a higher level sets an option that conflicts with it.
func (r *resolver) givesWay(o *option.Option) bool {
	for _, first := range r.options {
		for _, c := range first.Conflicts {
			if !c.GivesWay {
				continue
			}
			if first == o && r.On(c.With) || c.With == o.Name && r.On(first.Name) {
				return true
			}
		}
	}
	return false
}

// conflicts returns an error for mutually exclusive options that are both set, and for flags that need another one.
func (r *resolver) conflicts() error {
	for _, o := range r.options {
		if !r.On(o.Name) {
			continue
		}
		for _, c := range o.Conflicts {
			if err := r.conflict(o, c); err != nil {
				return err
			}
		}
		for _, need := range o.Needs {
			if r.ByFlag(o.Name) && !r.On(need.Option) {
				return failure.BadUsage("", "--%s goes with %s", o.Name, need.Shown)
			}
		}
	}
	return nil
}

// conflict returns an error if two conflicting options are both set, or unsets the one that loses according to
// Conflict.Tie.
func (r *resolver) conflict(o *option.Option, c option.Conflict) error {
	if !r.On(c.With) || !r.On(o.Name) {
		return nil
	}
	bothByFlag := r.ByFlag(o.Name) && r.ByFlag(c.With)
	if c.Tie != option.Neither && !bothByFlag {
		loser := o.Name
		if c.Tie == option.This {
			loser = c.With
		}
		delete(r.set, loser)
		return nil
	}
	if c.Words != "" {
		return failure.BadUsage(c.Hint, "%s", fmt.Sprintf(c.Words, r.Called(c.With)))
	}
	return failure.BadUsage(c.Hint, "%s and %s don't go together", r.Called(o.Name), r.Called(c.With))
}
