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
)

// Knob is something about the endpoint that can be set: by a parameter of a URL's query, or by whoever serves it.
type Knob struct {
	// Name is the parameter's name.
	Name string
	// Value names what it takes, such as N; empty for a switch, which takes true or false, or nothing for true.
	Value string
	// Usage says what it does, in one line.
	Usage string

	set func(s *settings, text string) error
}

// Knobs are all of them, in the order in which help shows them.
func Knobs() []Knob {
	return []Knob{
		{"latency", "TIME", "wait so long before a reply: 50ms, or 50ms-200ms for something between", func(s *settings, text string) error { return s.latency.read(text) }},
		{"gap", "TIME", "wait so long before each chunk of a stream", func(s *settings, text string) error { return s.gap.read(text) }},
		{"seed", "N", "choose differently between two times", func(s *settings, text string) (err error) {
			s.seed, err = strconv.ParseUint(text, 10, 64)
			return notNumber(err)
		}},
		number("tokens", "how many words the model lorem says", 0, func(s *settings) *int { return &s.tokens }),
		number("reasoning", "how many words of reasoning come before the text", 0, func(s *settings) *int { return &s.reasoning }),
		number("status", "answer with this error", 0, func(s *settings) *int { return &s.status }),
		{"retry-after", "TIME", "send this Retry-After with errors: seconds or an HTTP date", func(s *settings, text string) error {
			s.retryAfter = text
			return nil
		}},
		number("every", "the trouble befalls every Nth request only", 1, func(s *settings) *int { return &s.every }),
		number("first", "the trouble befalls the first N times of each request only", 1, func(s *settings) *int { return &s.first }),
		toggle("reset", "reset the connection before a reply", func(s *settings) *bool { return &s.reset }),
		toggle("empty", "answer with nothing", func(s *settings) *bool { return &s.empty }),
		toggle("html", "answer with an HTML page, as a proxy does; with status, as that error", func(s *settings) *bool { return &s.html }),
		toggle("garbage", "answer with what is no JSON", func(s *settings) *bool { return &s.garbage }),
		toggle("fault", "answer 200 with an error for its body", func(s *settings) *bool { return &s.fault }),
		number("cut", "break a stream off after N content deltas, and a whole reply in the middle", 0, func(s *settings) *int { return &s.cut }),
		number("error", "send an error after N content deltas; as fault where there is no stream", 0, func(s *settings) *int { return &s.broken }),
		number("stall", "send no more after N content deltas, but keep the connection", 0, func(s *settings) *int { return &s.stall }),
		number("wrong", "answer past the schema until the conversation holds N replies", 0, func(s *settings) *int { return &s.wrong }),
		number("rpm", "answer so many requests a minute, and 429 to the rest", 1, func(s *settings) *int { return &s.rpm }),
		number("concurrency", "answer so many requests at the same time, and 429 to the rest", 1, func(s *settings) *int { return &s.concurrency }),
		{"key", "KEY", "refuse requests that bear no key or another", func(s *settings, text string) error {
			s.key = text
			return nil
		}},
	}
}

// settings is what a query says; a number that it does not say is 0.
type settings struct {
	trouble

	every, first      int // which requests the trouble befalls
	retryAfter, key   string
	latency, gap      span
	seed              uint64
	tokens, reasoning int
	wrong             int
	rpm, concurrency  int
}

// loremTokens is how many words lorem says where nobody sets another number.
const loremTokens = 32

// Check says what is wrong with the parameters of a query, nil if nothing is. The error of an unknown one lists those known.
func Check(query url.Values) error {
	_, err := readSettings(query)
	return err
}

func readSettings(query url.Values) (*settings, error) {
	s := &settings{tokens: loremTokens, trouble: calm()}
	knobs := Knobs()
	for _, name := range slices.Sorted(maps.Keys(query)) {
		knob, err := find(knobs, name)
		if err != nil {
			return nil, err
		}
		text := query[name][len(query[name])-1] // the last one counts
		if err := knob.set(s, text); err != nil {
			return nil, fmt.Errorf("%s=%s: %w", name, clip(text), err)
		}
	}
	if s.status != 0 && (s.status < 400 || s.status > 599) {
		return nil, fmt.Errorf("status=%d: must be between 400 and 599", s.status)
	}
	return s, nil
}

func find(knobs []Knob, name string) (Knob, error) {
	names := make([]string, 0, len(knobs))
	for _, k := range knobs {
		if k.Name == name {
			return k, nil
		}
		names = append(names, k.Name)
	}
	return Knob{}, fmt.Errorf("the embedded endpoint has no setting %q; it has %s", clip(name), strings.Join(names, ", "))
}

func number(name, use string, least int, field func(*settings) *int) Knob {
	return Knob{name, "N", use, func(s *settings, text string) error {
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil || int(n) < least {
			return fmt.Errorf("must be a whole number, at least %d", least)
		}
		*field(s) = int(n)
		return nil
	}}
}

func toggle(name, use string, field func(*settings) *bool) Knob {
	return Knob{name, "", use, func(s *settings, text string) (err error) {
		if text == "" {
			text = "true"
		}
		*field(s), err = strconv.ParseBool(text)
		if err != nil {
			return errors.New("must be true or false")
		}
		return nil
	}}
}

func notNumber(err error) error {
	if err != nil {
		return errors.New("must be a whole number, at least 0")
	}
	return nil
}

// span is a time between two, both included.
type span struct{ least, most time.Duration }

func (s *span) read(text string) (err error) {
	from, to, isRange := strings.Cut(text, "-")
	s.least, err = time.ParseDuration(from)
	if s.most = s.least; err == nil && isRange {
		s.most, err = time.ParseDuration(to)
	}
	if err != nil || s.least < 0 || s.most < s.least {
		return errors.New("must be a time such as 50ms, or two such as 50ms-200ms")
	}
	return nil
}
