package failure_test

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/failure"
)

func TestOf(t *testing.T) {
	t.Parallel()
	usage := failure.BadUsage("look again", "it is wrong")
	for name, tt := range map[string]struct {
		err  error
		want failure.Report
	}{
		"no reporter":            {errors.New("boom"), failure.Report{Kind: failure.Internal, Message: "boom"}},
		"canceled":               {fmt.Errorf("work: %w", context.Canceled), failure.Report{Kind: failure.Internal, Message: "interrupted"}},
		"usage":                  {usage, failure.Report{Kind: failure.Usage, Message: "it is wrong", Hint: "look again"}},
		"words of the outermost": {fmt.Errorf("x.jsonl: %w", usage), failure.Report{Kind: failure.Usage, Message: "x.jsonl: it is wrong", Hint: "look again"}},
		"the first of several":   {errors.Join(usage, failure.BadUsage("", "other")), failure.Report{Kind: failure.Usage, Message: "it is wrong\nother", Hint: "look again"}},
		"the outermost hint": {
			failure.WithHint(failure.WithHint(usage, "inner"), "outer"),
			failure.Report{Kind: failure.Usage, Message: "it is wrong", Hint: "outer"},
		},
		"an option": {
			failure.BadOption("proxy", "", " %q: %w", "x", errors.New("no URL")),
			failure.Report{Kind: failure.Usage, Message: `--proxy "x": no URL`},
		},
		"shown": {failure.Shown(), failure.Report{Kind: failure.Usage}},
	} {
		got := failure.Of(tt.err)
		if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", tt.want) {
			t.Errorf("%s: got %+v, want %+v", name, got, tt.want)
		}
	}
}

func TestExitCodesAreAPromise(t *testing.T) {
	t.Parallel()
	for kind, want := range map[failure.Kind]int{
		failure.Internal: 1, failure.Output: 1, failure.Usage: 2, failure.Record: 2, failure.Auth: 3, failure.Credits: 3,
		failure.Refused: 4, failure.Unrecorded: 4, failure.RateLimit: 5, failure.Server: 6, failure.Network: 7,
		failure.Timeout: 7, failure.Cut: 8, failure.Malformed: 8, failure.Redirect: 4, failure.NotAPI: 4, failure.Incomplete: 9,
		failure.Unacceptable: 10, failure.Filter: 11, "unknown": 1,
	} {
		if got := kind.ExitCode(); got != want {
			t.Errorf("%s: exit code %d, want %d", kind, got, want)
		}
	}
}
