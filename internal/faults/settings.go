// Package faults holds the settings of the embedded endpoint: their table, their values for each query, and which of them
// apply to a request. It knows requests by their digests alone; the endpoint gives each setting its effect.
package faults

import (
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Setting is one setting of the endpoint. A parameter of a URL's query sets it, or whoever serves the endpoint.
type Setting struct {
	// Name is the parameter's name.
	Name string
	// Value names the values, such as N, or lists them, as in 403|429. It is empty for a switch, which takes true or false,
	// or nothing for true.
	Value string
	// Usage describes the setting in one line.
	Usage string

	needs Needs
	set   func(text string) error
}

// All returns all settings in the order in which help shows them.
func All() []Setting { return newSettings().table() }

// Words returns the values that a setting takes; nil if they can't be listed.
func (s *Setting) Words() []string {
	if strings.ToLower(s.Value) != s.Value || s.Value == "" {
		return nil
	}
	return strings.Split(s.Value, "|")
}

// Settings holds the values of all settings.
type Settings struct {
	Faults Faults

	Every, First                   int // which requests the faults apply to; 0 for all
	RetryAfter, Key                string
	Latency, Gap                   Span
	KeepAlive                      time.Duration
	Seed                           uint64
	Tokens, Reasoning, Wrong       int
	Cached, Pieces                 int
	Logprobs, AnyEffort            bool
	RPM, TPM, Concurrency, TooLong int // 0 for no limit
	BatchLatency                   time.Duration
	BatchExpire                    int    // negative for never
	BatchReject                    string // empty for no rejection
	BatchFail                      int    // 0 for none

	given []Setting
}

func newSettings() *Settings { return &Settings{Tokens: 32, BatchExpire: -1, Faults: none()} }

// table returns the settings, each of which sets a field of s.
func (s *Settings) table() []Setting {
	f := &s.Faults
	return []Setting{
		{"latency", "TIME", "wait before each reply: 50ms, or 50ms-200ms for a time in that range", 0, asSpan(&s.Latency)},
		{"gap", "TIME", "wait before each chunk of a stream", Stream, asSpan(&s.Gap)},
		{"keep-alive", "TIME", "send a comment in a stream whenever it has waited for so long", Stream, asTime(&s.KeepAlive)},
		{"seed", "N", "choose other times in such a range, and another order for the results of a batch", 0, asSeed(&s.Seed)},
		{"tokens", "N", "number of words in a reply of the model lorem", Lorem, asCount(&s.Tokens, 0)},
		{"reasoning", "N", "number of words of reasoning before the text", Model, asCount(&s.Reasoning, 0)},
		{"cached", "N", "report N tokens of the prompt, or all of them, as cached", Completion, asCount(&s.Cached, 0)},
		{"logprobs", "", "send the log probabilities that a request asks for; newer models ignore it", Logprobs, asSwitch(&s.Logprobs)},
		{"pieces", "N", "send the arguments of a tool call in a stream in N pieces", Stream | Calls, asCount(&s.Pieces, 1)},
		{"finish", "REASON", "end each choice for this finish_reason; null for none", Fault | Completion | End, asIs(&f.Finish)},
		{"refusal", "TEXT", "refuse with this text in place of a reply", Fault | Completion, asIs(&f.Refusal)},
		{"effort", "any", "accept reasoning_effort for every model", 0, asSwitchTo("any", &s.AnyEffort)},
		{"status", "N", "answer with this HTTP error", 0, asCount(&f.Status, 0)},
		{"retry-after", "TIME", "send this Retry-After with errors: seconds or an HTTP date", 0, asIs(&s.RetryAfter)},
		{"credits", "403|429", "answer that the credits are spent, with this status", 0, asWord(&f.Credits, "403", "429")},
		{"blocked", "key|team", "answer that the key or the team is blocked", 0, asWord(&f.Blocked, "key", "team")},
		{"every", "N", "apply the fault to every Nth request only", 0, asCount(&s.Every, 1)},
		{"first", "N", "apply the fault to the first N attempts of each request only", 0, asCount(&s.First, 1)},
		{"reset", "", "reset the connection instead of replying", 0, asSwitch(&f.Reset)},
		{"empty", "", "answer with an empty body", 0, asSwitch(&f.Empty)},
		{"html", "", "answer with an HTML page, as a proxy does; with status, as that error", 0, asSwitch(&f.HTML)},
		{"garbage", "", "answer with invalid JSON", 0, asSwitch(&f.Garbage)},
		{"fault", "", "answer 200 with an error as the body", 0, asSwitch(&f.ErrorBody)},
		{"cut", "N", "cut a stream after N deltas, any other reply in the middle", Fault | Reply, asCount(&f.CutAfter, 0)},
		{"error", "N", "send an error after N deltas; without a stream, the same as fault", Fault | Reply, asCount(&f.ErrorAfter, 0)},
		{"stall", "N", "send nothing after N deltas, but keep the connection open", Fault | Reply, asCount(&f.StallAfter, 0)},
		{"damage", "N", "damage the event after N deltas of a stream", Fault | Stream, asCount(&f.DamageAfter, 0)},
		{"no-done", "", "end a stream without [DONE]", Fault | Stream | End, asSwitch(&f.NoDone)},
		{"wrong", "N", "violate the schema until the conversation holds N replies", Model | Schema, asCount(&s.Wrong, 0)},
		{"rpm", "N", "allow N requests a minute, and answer 429 to the rest", 0, asCount(&s.RPM, 1)},
		{"tpm", "N", "allow N tokens a minute, and answer 429 to the rest", Chat, asCount(&s.TPM, 1)},
		{"concurrency", "N", "allow N requests at once, and answer 429 to the rest", 0, asCount(&s.Concurrency, 1)},
		{"too-long", "N", "refuse a prompt of more than N tokens", Chat, asCount(&s.TooLong, 1)},
		{"batch-latency", "TIME", "let a batch take so long; without it, as little as possible", Batch, asWait(&s.BatchLatency)},
		{"batch-expire", "N", "let a batch expire after N records", Batch, asCount(&s.BatchExpire, 0)},
		{"batch-reject", "TEXT", "reject the file of a batch with this text", Batch, asIs(&s.BatchReject)},
		{"batch-fail", "N", "fail every Nth record of a batch", Batch, asCount(&s.BatchFail, 1)},
		{"key", "KEY", "refuse requests without this key", 0, asIs(&s.Key)},
	}
}

// Read returns the settings of a query. It refuses an unknown parameter and an invalid value.
func Read(query url.Values) (*Settings, error) {
	s := newSettings()
	table := s.table()
	for _, name := range slices.Sorted(maps.Keys(query)) {
		i := slices.IndexFunc(table, func(row Setting) bool { return row.Name == name })
		if i < 0 {
			return nil, unknownSetting(name, table)
		}
		text := query[name][len(query[name])-1] // the last one counts
		if err := table[i].set(text); err != nil {
			return nil, fmt.Errorf("%s=%.200s: %w", name, text, err)
		}
		if on, _ := isOn(text); on || table[i].Value != "" {
			s.given = append(s.given, table[i])
		}
	}
	if status := s.Faults.Status; status != 0 && (status < 400 || status > 599) {
		return nil, fmt.Errorf("status=%d: must be between 400 and 599", status)
	}
	return s, nil
}

func unknownSetting(name string, table []Setting) error {
	known := make([]string, len(table))
	for i, row := range table {
		known[i] = row.Name
	}
	return fmt.Errorf("the embedded endpoint has no setting %.200q; it has %s", name, strings.Join(known, ", "))
}
