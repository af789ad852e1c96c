package api

import (
	"strings"
	"testing"
)

func TestRefused(t *testing.T) {
	const penalties = "presence_penalty frequency_penalty"
	for model, want := range map[string]string{
		"":                          "",
		"echo":                      "",
		"gpt-5":                     "",
		"grok-":                     "",
		"grok-0128":                 "",
		"grok-100":                  "",
		"grok-2-vision":             "",
		"grok-3":                    "",
		"grok-code-fast-1":          "",
		"grok-3-mini-fast":          penalties + " stop",
		"grok-build-1":              penalties + " stop",
		"grok-4":                    penalties + " stop",
		"grok-4.3":                  penalties + " stop",
		"grok-10":                   penalties + " stop",
		"x-ai/Grok-4":               penalties + " stop",
		"grok-4-fast-non-reasoning": penalties,
	} {
		if got := strings.Join(Refused(model), " "); got != want {
			t.Errorf("%s refuses %q, want %q", model, got, want)
		}
	}
}
