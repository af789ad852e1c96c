package models

import (
	"fmt"
	"strings"
	"testing"
)

func TestRefused(t *testing.T) {
	t.Parallel()
	const penalties, effort = "presence_penalty frequency_penalty", "reasoning_effort"
	for model, want := range map[string]string{
		"":                             "",
		"echo":                         "",
		"gpt-5":                        "",
		"grok-":                        "",
		"grok-0128":                    "",
		"grok-100":                     "",
		"grok-beta":                    "",
		"grok-2-vision":                effort,
		"grok-3":                       effort,
		"grok-code-fast-1":             effort,
		"grok-composer-2.5-fast":       effort,
		"grok-3-mini-fast":             penalties + " stop",
		"grok-build":                   penalties + " stop " + effort,
		"grok-build-0.1":               penalties + " stop " + effort,
		"grok-4-0709":                  penalties + " stop " + effort,
		"grok-4.1":                     penalties + " stop",
		"grok-4.20-multi-agent":        penalties + " stop",
		"xai/grok-4.20-0309-Reasoning": penalties + " stop " + effort,
		"grok-4.20-non-reasoning":      penalties + " " + effort,
		"grok-4.200":                   penalties + " stop",
		"grok-4":                       penalties + " stop",
		"grok-4.3":                     penalties + " stop",
		"grok-10":                      penalties + " stop",
		"x-ai/Grok-4":                  penalties + " stop",
		"grok-4-fast-non-reasoning":    penalties + " " + effort,
		"grok-5-non-reasoning":         penalties,
	} {
		if got := strings.Join(Refused(model), " "); got != want {
			t.Errorf("%s refuses %q, want %q", model, got, want)
		}
	}
}

func TestEfforts(t *testing.T) {
	t.Parallel()
	for model, want := range map[string]string{
		"grok-4.3":                   "none low medium high true",
		"grok-4.3-latest":            "none low medium high true",
		"grok-4":                     "none low medium high true",
		"x-ai/Grok-4.5":              "low medium high true",
		"grok-3-mini":                "low high true",
		"grok-4.20-multi-agent-0309": "low medium high xhigh true",
		"grok-4.20":                  " true",
		"grok-3-fast":                " true",
		"grok-30":                    " false",
		"grok-9":                     " false",
		"echo":                       " false",
		"my-grok-3":                  " false",
	} {
		efforts, known := Efforts(model)
		if got := fmt.Sprint(strings.Join(efforts, " "), " ", known); got != want {
			t.Errorf("%s takes %q, want %q", model, got, want)
		}
	}
}
