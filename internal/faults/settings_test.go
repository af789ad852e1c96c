package faults

import (
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"
)

func TestSettings(t *testing.T) {
	t.Parallel()
	for query, want := range map[string]func(*Settings){
		"":                          func(*Settings) {},
		"latency=50ms":              func(s *Settings) { s.Latency = Span{50 * time.Millisecond, 50 * time.Millisecond} },
		"latency=0s-1.5s":           func(s *Settings) { s.Latency = Span{0, 1500 * time.Millisecond} },
		"gap=1s-1s":                 func(s *Settings) { s.Gap = Span{time.Second, time.Second} },
		"seed=18446744073709551615": func(s *Settings) { s.Seed = 1<<64 - 1 },
		"tokens=0":                  func(s *Settings) { s.Tokens = 0 },
		"reasoning=3":               func(s *Settings) { s.Reasoning = 3 },
		"status=400":                func(s *Settings) { s.Faults.Status = 400 },
		"status=0":                  func(*Settings) {},
		"status=503&status=599":     func(s *Settings) { s.Faults.Status = 599 },
		"retry-after=1.5":           func(s *Settings) { s.RetryAfter = "1.5" },
		"every=1&first=2":           func(s *Settings) { s.Every, s.First = 1, 2 },
		"reset&empty=&html=true":    func(s *Settings) { s.Faults.Reset, s.Faults.Empty, s.Faults.HTML = true, true, true },
		"garbage=1&fault=false":     func(s *Settings) { s.Faults.Garbage = true },
		"cut=0&error=1&stall=2":     func(s *Settings) { s.Faults.CutAfter, s.Faults.ErrorAfter, s.Faults.StallAfter = 0, 1, 2 },
		"wrong=1":                   func(s *Settings) { s.Wrong = 1 },
		"rpm=1&concurrency=1":       func(s *Settings) { s.RPM, s.Concurrency = 1, 1 },
		"key=a%20b":                 func(s *Settings) { s.Key = "a b" },
		"keep-alive=1s&cached=0":    func(s *Settings) { s.KeepAlive = time.Second },
		"pieces=2&logprobs&tpm=9":   func(s *Settings) { s.Pieces, s.Logprobs, s.TPM = 2, true, 9 },
		"too-long=1&effort=any":     func(s *Settings) { s.TooLong, s.AnyEffort = 1, true },
		"credits=429&blocked=team":  func(s *Settings) { s.Faults.Credits, s.Faults.Blocked = "429", "team" },
		"finish=length&refusal=No.": func(s *Settings) { s.Faults.Finish, s.Faults.Refusal = "length", "No." },
		"batch-latency=0":           func(*Settings) {},
		"batch-latency=2s":          func(s *Settings) { s.BatchLatency = 2 * time.Second },
		"batch-expire=0":            func(s *Settings) { s.BatchExpire = 0 },
		"batch-reject=No.":          func(s *Settings) { s.BatchReject = "No." },
		"batch-fail=1":              func(s *Settings) { s.BatchFail = 1 },
		"no-done&damage=1":          func(s *Settings) { s.Faults.NoDone, s.Faults.DamageAfter = true, 1 },
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		expected := newSettings()
		want(expected)
		got, err := Read(values)
		if err == nil {
			got.given = nil
		}
		if err != nil || !reflect.DeepEqual(got, expected) {
			t.Errorf("%s: %+v, %v", query, got, err)
		}
	}
}

func TestRefused(t *testing.T) {
	t.Parallel()
	const (
		count, positive = "must be a whole number, at least 0", "must be a whole number, at least 1"
		span            = "must be a time such as 50ms, or two such as 50ms-200ms"
	)
	for query, want := range map[string]string{
		"latency=fast":       "latency=fast: " + span,
		"latency=50":         "latency=50: " + span,
		"latency=-1s":        "latency=-1s: " + span,
		"gap=2s-1s":          "gap=2s-1s: " + span,
		"gap=1s-":            "gap=1s-: " + span,
		"seed=-1":            "seed=-1: " + count,
		"tokens=-1":          "tokens=-1: " + count,
		"tokens=9999999999":  "tokens=9999999999: " + count,
		"reasoning=some":     "reasoning=some: " + count,
		"status=200":         "status=200: must be between 400 and 599",
		"status=600":         "status=600: must be between 400 and 599",
		"every=0":            "every=0: " + positive,
		"first=0":            "first=0: " + positive,
		"rpm=0":              "rpm=0: " + positive,
		"concurrency=":       "concurrency=: " + positive,
		"cut=-1":             "cut=-1: " + count,
		"error=1.5":          "error=1.5: " + count,
		"stall=x":            "stall=x: " + count,
		"wrong=%0a":          "wrong=\n: " + count,
		"reset=maybe":        "reset=maybe: must be true or false",
		"keep-alive=0s":      "keep-alive=0s: must be a time such as 50ms",
		"credits=402":        "credits=402: must be 403 or 429",
		"blocked=":           "blocked=: must be key or team",
		"effort=none":        "effort=none: must be any",
		"too-long=0":         "too-long=0: " + positive,
		"pieces=0":           "pieces=0: " + positive,
		"damage=-1":          "damage=-1: " + count,
		"batch-latency=-1s":  "batch-latency=-1s: must be a time such as 50ms, or 0",
		"batch-latency=1":    "batch-latency=1: must be a time such as 50ms, or 0",
		"batch-expire=-1":    "batch-expire=-1: " + count,
		"batch-fail=0":       "batch-fail=0: " + positive,
		"latencey=1s":        `the embedded endpoint has no setting "latencey"; it has latency, gap, keep-alive, seed, tokens, reasoning, cached, logprobs, pieces, finish, refusal, effort, status, retry-after, credits, blocked, every, first, reset, empty, html, garbage, fault, cut, error, stall, damage, no-done, wrong, rpm, tpm, concurrency, too-long, batch-latency, batch-expire, batch-reject, batch-fail, key`,
		"reset=x&Latency=1s": `the embedded endpoint has no setting "Latency"; it has latency, gap, `,
	} {
		values, err := url.ParseQuery(query)
		if err != nil {
			t.Fatal(err)
		}
		if _, err = Read(values); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v, want %s", query, err, want)
		}
	}
}

// TestSettingsTable sets each setting to a simple value, and checks that its usage reads like those of all flags.
func TestSettingsTable(t *testing.T) {
	t.Parallel()
	for _, k := range All() {
		taken := map[string][]string{"TIME": {"1s"}, "N": {"500"}, "": {""}, "KEY": {"k"}, "REASON": {"length"}, "TEXT": {"No."}}
		words := append(taken[k.Value], k.Words()...)
		for _, text := range words {
			if _, err := Read(url.Values{k.Name: {text}}); err != nil {
				t.Errorf("%s %q: %v", k.Name, text, err)
			}
		}
		if words == nil || k.Usage == "" || strings.ToLower(k.Usage[:1]) != k.Usage[:1] || strings.HasSuffix(k.Usage, ".") {
			t.Errorf("%s: %s", k.Name, k.Usage)
		}
	}
}
