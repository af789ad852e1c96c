package models

import "strings"

// family is a row of the table of efforts. It stands for the version itself and for what continues it after a dash.
type family struct {
	version string
	efforts string // the values of reasoning_effort; empty if the family takes none
}

// families returns the table of efforts, as measured and documented in 2026. A row stands before the rows that begin
// like it. grok-4 answers as grok-4.3 does; the dated and the fast models of its generation took no effort.
func families() []family {
	return []family{
		{"4.3", "none low medium high"},
		{"4.5", "low medium high"},
		{"4.6", "low medium high xhigh"},
		{"4.7", "low medium high"},
		{"4.20-multi-agent", "low medium high xhigh"},
		{"4.20", ""},
		{"4-0709", ""},
		{"4-fast", ""},
		{"4-1-fast", ""},
		{"4.1-fast", ""},
		{"4", "none low medium high"},
		{"3-mini", "low high"},
		{"3", ""},
		{"2", ""},
		{"code", ""},
		{"build", ""},
		{"composer", ""},
	}
}

// AllEfforts returns every value of reasoning_effort that some model takes.
func AllEfforts() []string { return []string{"none", "low", "medium", "high", "xhigh"} }

// Efforts returns the values of reasoning_effort that a model takes, none if it refuses the parameter; known is false for a
// model that the table does not hold.
func Efforts(model string) (efforts []string, known bool) {
	version, ok := grok(model)
	if !ok {
		return nil, false
	}
	for _, f := range families() {
		if rest, found := strings.CutPrefix(version, f.version); found && (rest == "" || rest[0] == '-') {
			return strings.Fields(f.efforts), true
		}
	}
	return nil, false
}
