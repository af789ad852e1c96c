package faults

import "math"

// Faults describes what fails in an exchange.
type Faults struct {
	Status                                        int    // 0 for none
	Credits, Blocked                              string // empty for none
	Reset, Empty, HTML, Garbage, ErrorBody        bool
	CutAfter, ErrorAfter, StallAfter, DamageAfter int // after so many deltas, or never
	NoDone                                        bool
	Finish, Refusal                               string // empty for none

	spared bool // the request was not selected, or gets an error in place of the other faults
}

// never is after more deltas than any reply has.
const never = math.MaxInt

func none() Faults {
	return Faults{CutAfter: never, ErrorAfter: never, StallAfter: never, DamageAfter: never}
}

// Refuses reports whether a request gets an HTTP error in place of a reply.
func (f *Faults) Refuses() bool { return f.Status != 0 || f.Credits != "" || f.Blocked != "" }

// Replacements returns the names of the settings that ask for another answer than a reply. Only the first one gets it, except
// that an HTML page comes with the status.
func (f *Faults) Replacements() []string {
	var names []string
	for _, c := range []struct {
		name string
		on   bool
	}{
		{"reset", f.Reset},
		{"html", f.HTML},
		{"status", f.Status != 0},
		{"credits", f.Credits != ""},
		{"blocked", f.Blocked != ""},
		{"empty", f.Empty},
		{"garbage", f.Garbage},
		{"fault", f.ErrorBody},
	} {
		if c.on {
			names = append(names, c.name)
		}
	}
	return names
}

// selected returns the faults of a request that every and first select: with an HTTP error, that error alone.
func (f *Faults) selected() Faults {
	if !f.Refuses() {
		return *f
	}
	only := none()
	only.Status, only.Credits, only.Blocked, only.HTML, only.spared = f.Status, f.Credits, f.Blocked, f.HTML, true
	return only
}

// rest returns the faults of a request that every and first do not select: with an HTTP error, all others.
func (f *Faults) rest() Faults {
	if !f.Refuses() {
		spared := none()
		spared.spared = true
		return spared
	}
	rest := *f
	rest.Status, rest.Credits, rest.Blocked, rest.HTML = 0, "", "", false // the page belongs to the status
	return rest
}

// Interruption tells what ends a reply that has begun.
type Interruption int

// The interruptions.
const (
	Uninterrupted Interruption = iota
	Failed                     // an error follows
	Cut                        // the connection breaks
	Stalled                    // the connection stays, but nothing follows
)

// Interruption returns what interrupts a reply, and after how many deltas. The earliest interruption counts. A reply in
// one piece has no deltas to count: any interruption ends it in the middle.
func (f *Faults) Interruption(stream bool, deltas int) (how Interruption, after int) {
	after = never
	for _, c := range []struct {
		how   Interruption
		after int
	}{{Failed, f.ErrorAfter}, {Cut, f.CutAfter}, {Stalled, f.StallAfter}} {
		at := c.after
		if !stream && at != never {
			at = 0
		}
		if at < after && at <= deltas {
			how, after = c.how, at
		}
	}
	return how, after
}
