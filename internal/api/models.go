package api

import "strings"

// XAIModel is the model that xAI's API is asked for unless the user names another.
const XAIModel = "grok-4.3"

// Models returns the names of xAI's models that are worth proposing. Names come and go: a model may exist without being
// listed here.
func Models() []string { return []string{XAIModel, "grok-4.5", "grok-4", "grok-3-mini"} }

// Refused returns the names of the request fields that a model is known to answer with a 400. Reasoning models refuse
// presence_penalty, frequency_penalty (even a penalty of 0) and stop; their -non-reasoning variants accept stop. The
// name alone decides, on any host and behind any vendor prefix.
func Refused(model string) []string {
	name := strings.ToLower(model)
	version, isGrok := strings.CutPrefix(name[strings.LastIndexByte(name, '/')+1:], "grok-")
	switch {
	case !isGrok || !reasons(version):
		return nil
	case strings.Contains(version, "-non-reasoning"):
		return []string{"presence_penalty", "frequency_penalty"}
	}
	return []string{"presence_penalty", "frequency_penalty", "stop"}
}

// reasons reports whether a version of Grok is of a reasoning family: grok-4 and later, grok-3-mini and grok-build.
func reasons(version string) bool {
	if strings.HasPrefix(version, "3-mini") || strings.HasPrefix(version, "build") {
		return true
	}
	major := version[:len(version)-len(strings.TrimLeft(version, "0123456789"))]
	// Three digits or a leading zero are a date or a size: grok-0128 is no generation.
	return len(major) == 1 && major >= "4" || len(major) == 2 && major[0] != '0'
}
