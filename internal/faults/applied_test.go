package faults

import (
	"net/url"
	"strings"
	"testing"
)

func TestNotApplied(t *testing.T) {
	t.Parallel()
	const whole, streamed = Chat | Completion | Model | Reply, Chat | Completion | Model | Reply | Stream
	for _, c := range []struct {
		query  string
		has    Needs
		deltas int
		want   string
	}{
		{"latency=1s&rpm=1&key=k&status=0", 0, 0, ""},
		{"cut=0&finish=stop&tpm=1&too-long=1", 0, 0, "cut finish too-long tpm"},
		{"gap=1s&no-done&damage=0&keep-alive=1s", whole, 0, "damage gap keep-alive no-done"},
		{"gap=1s&no-done&damage=0&keep-alive=1s", streamed, 0, ""},
		{"cut=9", whole, 0, ""},
		{"cut=3", streamed, 3, ""},
		{"cut=4", streamed, 3, "cut"},
		{"damage=3", streamed, 3, ""},
		{"damage=4", streamed, 3, "damage"},
		{"damage=1&cut=1", streamed, 3, "damage"},
		{"damage=1&cut=2", streamed, 3, ""},
		{"error=2&cut=1&stall=0", streamed, 3, "cut error"},
		{"error=2&cut=1&stall=0", whole, 0, "cut stall"},
		{"finish=stop&no-done&stall=9", streamed, 3, "stall"},
		{"finish=stop&no-done&stall=1", streamed, 3, "finish no-done"},
		{"pieces=2&tokens=1&wrong=1&logprobs&reasoning=1", streamed, 3, "logprobs pieces tokens wrong"},
		{"pieces=2&tokens=1&wrong=1&logprobs&reasoning=1", streamed | Calls | Lorem | Schema | Logprobs, 3, ""},
		{"pieces=2", whole | Calls, 3, "pieces"},
		{"no-done=false&logprobs=0", whole, 0, ""},
		{"finish=stop&cached=1", Chat | Completion, 0, ""},
		{"status=503&cut=1&cached=1", Chat, 0, "cached"},
		{"cut=1&every=2&cached=1", 0, 0, "cached"},
		{"credits=403&status=503&html", Chat, 0, "credits"},
		{"blocked=key&html", Chat, 0, "blocked"},
		{"reset&empty&garbage&fault=false", Chat, 0, "empty garbage"},
		{"reset&status=503", Chat, 0, ""},
	} {
		query, err := url.ParseQuery(c.query)
		if err != nil {
			t.Fatal(err)
		}
		set, err := Read(query)
		if err != nil {
			t.Fatal(err)
		}
		// The first request is selected unless every says otherwise.
		faults := (&Session{Settings: set}).FaultsFor(Digest{})
		got := strings.Join(set.NotApplied(Answer{Faults: &faults, Has: c.has, Deltas: c.deltas}), " ")
		if got != c.want {
			t.Errorf("%s with %b and %d deltas: %q, want %q", c.query, c.has, c.deltas, got, c.want)
		}
	}
}

func TestTokensPerMinute(t *testing.T) {
	t.Parallel()
	s := Session{Settings: &Settings{TPM: 10}, tokens: window{limit: 10}}
	if err := s.Prompt(4); err != nil {
		t.Fatal(err)
	}
	s.Complete(5)
	if _, tokens := s.Quotas(9); tokens != (Quota{10, 1}) {
		t.Errorf("%+v", tokens)
	}
	if err := s.Prompt(2); err == nil || err.Error() != "Tokens per Minute: 11/10" {
		t.Error(err)
	}
	if err := s.Prompt(1); err != nil {
		t.Error(err)
	}
}
