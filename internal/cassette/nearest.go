package cassette

import (
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// MissError is a request to which a replay has no answer.
type MissError struct {
	// File is the name of the file.
	File string
	// Why says what the file holds instead; empty where that was not looked for.
	Why string
	// Differences are lines on what the nearest request of the file has otherwise.
	Differences []string
}

// Summary is the message without the differences.
func (e *MissError) Summary() string {
	if e.Why == "" {
		return e.File + ": the request is not in it"
	}
	return e.File + ": the request is not in it; " + e.Why
}

// Error is the whole message on one line.
func (e *MissError) Error() string {
	if len(e.Differences) == 0 {
		return e.Summary()
	}
	return e.Summary() + ": " + strings.Join(e.Differences, "; ")
}

// maxDifferences is how many differences are told, maxExplained for how many misses: each
// costs a reading of the whole file.
const (
	maxDifferences = 5
	maxExplained   = 10
)

// explain says how the request differs from the nearest one of the file.
func (e *MissError) explain(file io.Reader, asked *exchange) error {
	sent := leaves(asked.sent)
	var nearest []leaf
	least := math.MaxInt
	for l, err := range lines(file, 0, math.MaxInt) {
		if err != nil {
			return err
		}
		x, err := parse(l.head)
		if err != nil || x.method != asked.method || x.path != asked.path {
			continue
		}
		recorded := leaves(x.sent)
		if d := distance(recorded, sent); d < least {
			least, nearest = d, recorded
		}
	}
	if least == math.MaxInt {
		e.Why = "there is no " + asked.method + " " + asked.path + " in it"
		return nil
	}
	e.Why, e.Differences = "the nearest recorded one differs", differences(nearest, sent)
	return nil
}

// leaf is a value inside JSON that holds no other, by its path, such as messages[0].content.
type leaf struct{ path, value string }

func leaves(body []byte) []leaf {
	if !rawjson.Valid(body) {
		body = rawjson.Quote(string(body))
	}
	return appendLeaves(nil, "", canonical(nil, body))
}

func appendLeaves(all []leaf, path string, raw []byte) []leaf {
	before := len(all)
	for _, m := range rawjson.Known(raw) {
		all = appendLeaves(all, join(path, m.Key), m.Value)
	}
	elements, _ := rawjson.Elements(raw)
	for i, value := range elements {
		all = appendLeaves(all, path+"["+strconv.Itoa(i)+"]", value)
	}
	if len(all) > before {
		return all
	}
	if path == "" {
		path = "the body"
	}
	return append(all, leaf{path, string(raw)})
}

// join adds a key to a path.
func join(path, name string) string {
	odd := func(c rune) bool { return c < '-' || c == '.' || c == '[' || c == ']' || c > '~' }
	if name == "" || strings.ContainsFunc(name, odd) {
		return path + "[" + string(rawjson.Quote(name)) + "]"
	}
	if path == "" {
		return name
	}
	return path + "." + name
}

func values(all []leaf) map[string]string {
	byPath := make(map[string]string, len(all))
	for _, l := range all {
		byPath[l.path] = l.value
	}
	return byPath
}

// distance is about the number of bytes in which two requests differ, with something for
// each value that does.
func distance(recorded, sent []leaf) int {
	const each = 16
	sum, there := 0, values(sent)
	for _, l := range recorded {
		value, ok := there[l.path]
		delete(there, l.path)
		switch {
		case !ok:
			sum += each + len(l.value)
		case value != l.value:
			begin, end := common(l.value, value)
			sum += each + len(l.value) + len(value) - 2*(begin+end)
		}
	}
	for _, value := range there {
		sum += each + len(value)
	}
	return sum
}

// common is how many bytes two different texts have in common at their beginning and at
// their end.
func common(a, b string) (begin, end int) {
	for begin < min(len(a), len(b)) && a[begin] == b[begin] {
		begin++
	}
	for end < min(len(a), len(b))-begin && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	return begin, end
}

// differences are lines on where two requests differ.
func differences(recorded, sent []leaf) []string {
	var said []string
	was, is := values(recorded), values(sent)
	for _, l := range sent {
		before, ok := was[l.path]
		if !ok {
			said = append(said, fmt.Sprintf("%s: recorded nothing, sent %s", clip(l.path, 0), clip(l.value, 0)))
		} else if before != l.value {
			begin, _ := common(before, l.value)
			said = append(said, fmt.Sprintf("%s: recorded %s, sent %s", clip(l.path, 0), clip(before, begin), clip(l.value, begin)))
		}
	}
	for _, l := range recorded {
		if _, ok := is[l.path]; !ok {
			said = append(said, fmt.Sprintf("%s: recorded %s, sent nothing", clip(l.path, 0), clip(l.value, 0)))
		}
	}
	if more := len(said) - maxDifferences; more > 0 {
		said = append(said[:maxDifferences], fmt.Sprintf("and %d more", more))
	}
	return said
}

// clip shows the part of a value around a byte of it.
func clip(value string, at int) string {
	const before, width = 20, 60
	from, to := 0, len(value)
	if at > 2*before {
		from = at - before
	}
	to = min(to, from+width)
	for from > 0 && from < len(value) && !utf8.RuneStart(value[from]) {
		from--
	}
	for to < len(value) && !utf8.RuneStart(value[to]) {
		to--
	}
	shown := value[from:to]
	if from > 0 {
		shown = "…" + shown
	}
	if to < len(value) {
		shown += "…"
	}
	return shown
}
