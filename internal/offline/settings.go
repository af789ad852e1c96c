package offline

import (
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/serde"
)

// Setting is one setting of the endpoint. A parameter of a URL's query sets it, or whoever serves the endpoint.
type Setting struct {
	// Name is the parameter's name.
	Name string
	// Value names the values, such as N. It is empty for a switch, which takes true or false, or nothing for true.
	Value string
	// Usage describes the setting in one line.
	Usage string

	set func(text string) error
}

// Settings returns all settings in the order in which help shows them.
func Settings() []Setting { return newSettings().table() }

// settings holds the values of all settings.
type settings struct {
	faults fault

	every, first      int // which requests the faults apply to; 0 for all
	retryAfter, key   string
	latency, gap      span
	seed              uint64
	tokens, reasoning int
	wrong             int
	rpm, concurrency  int // 0 for no limit
}

func newSettings() *settings { return &settings{tokens: 32, faults: noFault()} }

// table returns the settings, each of which sets a field of s.
func (s *settings) table() []Setting {
	f := &s.faults
	return []Setting{
		{"latency", "TIME", "wait before each reply: 50ms, or 50ms-200ms for a time in that range", asSpan(&s.latency)},
		{"gap", "TIME", "wait before each chunk of a stream", asSpan(&s.gap)},
		{"seed", "N", "choose other times in such a range", asSeed(&s.seed)},
		{"tokens", "N", "number of words in a reply of the model lorem", asCount(&s.tokens, 0)},
		{"reasoning", "N", "number of words of reasoning before the text", asCount(&s.reasoning, 0)},
		{"status", "N", "answer with this HTTP error", asCount(&f.status, 0)},
		{"retry-after", "TIME", "send this Retry-After with errors: seconds or an HTTP date", asIs(&s.retryAfter)},
		{"every", "N", "apply the fault to every Nth request only", asCount(&s.every, 1)},
		{"first", "N", "apply the fault to the first N attempts of each request only", asCount(&s.first, 1)},
		{"reset", "", "reset the connection instead of replying", asSwitch(&f.reset)},
		{"empty", "", "answer with an empty body", asSwitch(&f.empty)},
		{"html", "", "answer with an HTML page, as a proxy does; with status, as that error", asSwitch(&f.html)},
		{"garbage", "", "answer with invalid JSON", asSwitch(&f.garbage)},
		{"fault", "", "answer 200 with an error as the body", asSwitch(&f.errorBody)},
		{"cut", "N", "cut a stream after N content deltas, any other reply in the middle", asCount(&f.cutAfter, 0)},
		{"error", "N", "send an error after N content deltas; without a stream, the same as fault", asCount(&f.errorAfter, 0)},
		{"stall", "N", "send nothing after N content deltas, but keep the connection open", asCount(&f.stallAfter, 0)},
		{"wrong", "N", "violate the schema until the conversation holds N replies", asCount(&s.wrong, 0)},
		{"rpm", "N", "allow N requests a minute, and answer 429 to the rest", asCount(&s.rpm, 1)},
		{"concurrency", "N", "allow N requests at once, and answer 429 to the rest", asCount(&s.concurrency, 1)},
		{"key", "KEY", "refuse requests without this key", asIs(&s.key)},
	}
}

// Check returns an error for a query with an unknown parameter or an invalid value.
func Check(query url.Values) error {
	_, err := readSettings(query)
	return err
}

func readSettings(query url.Values) (*settings, error) {
	s := newSettings()
	table := s.table()
	for _, name := range slices.Sorted(maps.Keys(query)) {
		i := slices.IndexFunc(table, func(row Setting) bool { return row.Name == name })
		if i < 0 {
			return nil, unknownSetting(name, table)
		}
		text := query[name][len(query[name])-1] // the last one counts
		if err := table[i].set(text); err != nil {
			return nil, fmt.Errorf("%s=%s: %w", name, serde.Clip(text), err)
		}
	}
	if status := s.faults.status; status != 0 && (status < 400 || status > 599) {
		return nil, fmt.Errorf("status=%d: must be between 400 and 599", status)
	}
	return s, nil
}

func unknownSetting(name string, table []Setting) error {
	known := make([]string, len(table))
	for i, row := range table {
		known[i] = row.Name
	}
	return fmt.Errorf("the embedded endpoint has no setting %q; it has %s", serde.Clip(name), strings.Join(known, ", "))
}

func asIs(into *string) func(string) error {
	return func(text string) error {
		*into = text
		return nil
	}
}

func asSwitch(into *bool) func(string) error {
	return func(text string) error {
		on, err := strconv.ParseBool(text)
		if err != nil && text != "" {
			return errors.New("must be true or false")
		}
		*into = on || text == ""
		return nil
	}
}

func asCount(into *int, least int) func(string) error {
	return func(text string) error {
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil || int(n) < least {
			return fmt.Errorf("must be a whole number, at least %d", least)
		}
		*into = int(n)
		return nil
	}
}

func asSeed(into *uint64) func(string) error {
	return func(text string) (err error) {
		if *into, err = strconv.ParseUint(text, 10, 64); err != nil {
			return errors.New("must be a whole number, at least 0")
		}
		return nil
	}
}

// span is a range of times, both ends included.
type span struct{ least, most time.Duration }

func asSpan(into *span) func(string) error {
	return func(text string) (err error) {
		from, to, isRange := strings.Cut(text, "-")
		least, err := time.ParseDuration(from)
		most := least
		if err == nil && isRange {
			most, err = time.ParseDuration(to)
		}
		if err != nil || least < 0 || most < least {
			return errors.New("must be a time such as 50ms, or two such as 50ms-200ms")
		}
		*into = span{least, most}
		return nil
	}
}
