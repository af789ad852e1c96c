// Package models knows xAI's models by their names: which are worth proposing, and what they refuse.
package models

import "strings"

// XAI is the model that xAI's API is asked for unless the user names another.
const XAI = "grok-4.3"

// Names returns the names of xAI's models that are worth proposing. Names come and go: a model may exist without being
// listed here.
func Names() []string { return []string{XAI, "grok-4.5", "grok-4", "grok-3-mini"} }

// Refused returns the names of the request fields that a model is known to answer with a 400. Reasoning models refuse
// presence_penalty, frequency_penalty (even a penalty of 0) and stop; their -non-reasoning variants accept stop. Some
// models refuse reasoning_effort, whether they reason or not. The name alone decides, on any host and behind any vendor
// prefix.
func Refused(model string) []string {
	version, isGrok := grok(model)
	if !isGrok {
		return nil
	}
	var refused []string
	if reasons(version) {
		refused = append(refused, "presence_penalty", "frequency_penalty")
		if !strings.Contains(version, "-non-reasoning") {
			refused = append(refused, "stop")
		}
	}
	if efforts, known := Efforts(model); known && len(efforts) == 0 {
		refused = append(refused, "reasoning_effort")
	}
	return refused
}

// grok returns what follows "grok-" in a model's name, in small letters; false if another family has the name.
func grok(model string) (version string, ok bool) {
	name := strings.ToLower(model)
	return strings.CutPrefix(name[strings.LastIndexByte(name, '/')+1:], "grok-")
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
