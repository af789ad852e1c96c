package option

import (
	"fmt"
	"math"
	"strings"
)

// Usage returns the flag's names and the placeholder of its value, as help lists them.
func (o *Option) Usage() string {
	text := "    --" + o.Name
	if o.Short != "" {
		text = "-" + o.Short + ", --" + o.Name
	}
	switch {
	case o.Arg == "":
		return text
	case o.Alone != "":
		return text + "[=" + o.placeholder() + "]"
	}
	return text + " " + o.placeholder()
}

// placeholder returns Arg in capitals. Lists of values keep their spelling.
func (o *Option) placeholder() string {
	if strings.Contains(o.Arg, "|") {
		return o.Arg
	}
	return strings.ToUpper(o.Arg)
}

// Description returns the whole help of the option: what it does, its range and its default.
func (o *Option) Description() string {
	text := o.Help
	if o.More != "" {
		text += "; " + o.More
	}
	if limits := o.limits(); limits != "" {
		text += " (" + limits + ")"
	}
	return text
}

// Summary returns the help of the option in one line, with its default.
func (o *Option) Summary() string {
	if o.Default == "" {
		return o.Help
	}
	return o.Help + " (default " + o.Default + ")"
}

// limits describes the values, their number and the default; empty if there is nothing to say.
func (o *Option) limits() string {
	var parts []string
	switch {
	case o.Type == Word || o.Type == Words:
		parts = append(parts, alternatives(o.Words))
	case o.Type == Money:
		parts = append(parts, "over 0")
	case o.Type == Shard:
		parts = append(parts, "K from 1 to N")
	case o.Range != Range{}:
		parts = append(parts, o.Range.String())
	}
	if o.Most > 1 {
		repeats := "may repeat"
		if o.Most < many {
			repeats = fmt.Sprintf("up to %d", o.Most)
		}
		parts = append(parts, repeats)
	}
	if o.Default != "" {
		parts = append(parts, "default "+o.Default)
	}
	return strings.Join(parts, "; ")
}

// String describes the range, such as "0 to 2".
func (r Range) String() string {
	switch {
	case r.Open && math.IsInf(r.Max, 1), r.Open && r.Max == noLimit:
		return fmt.Sprintf("over %g", r.Min)
	case r.Open:
		return fmt.Sprintf("over %g, up to %g", r.Min, r.Max)
	case math.IsInf(r.Max, 1), r.Max == math.MaxInt32 && r.Min > 0:
		return fmt.Sprintf("%g or more", r.Min)
	}
	return fmt.Sprintf("%.0f to %.0f", r.Min, r.Max)
}

// alternatives returns words with commas, and "or" before the last one.
func alternatives(words []string) string {
	last := len(words) - 1
	if last < 1 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:last], ", ") + " or " + words[last]
}
