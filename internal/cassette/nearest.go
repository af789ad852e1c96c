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

// MissError reports a request to which a replay has no recorded reply.
type MissError struct {
	// File is the name of the file.
	File string
	// Why describes what the file contains instead; empty if that was not searched.
	Why string
	// Differences describes, one difference per line, how the nearest recorded request differs.
	Differences []string
	// Repeated reports that the request is in the file, but was asked more often than it was recorded.
	Repeated bool
}

// Summary returns the message without the differences.
func (e *MissError) Summary() string {
	if e.Repeated {
		return e.File + ": the request was sent more often than it was recorded"
	}
	if e.Why == "" {
		return e.File + ": the request is not in it"
	}
	return e.File + ": the request is not in it; " + e.Why
}

// Error returns the whole message on one line.
func (e *MissError) Error() string {
	if len(e.Differences) == 0 {
		return e.Summary()
	}
	return e.Summary() + ": " + strings.Join(e.Differences, "; ")
}

// maxDifferences limits the differences that are reported, and maxExplained the misses that are explained. Explaining
// one reads the whole file.
const (
	maxDifferences = 5
	maxExplained   = 10
)

// explain sets Why and Differences by comparing the request with the nearest recorded one.
func (e *MissError) explain(file io.ReaderAt, request *exchange) error {
	sent := leaves(request.sent)
	var nearest []leaf
	least := math.MaxInt
	for l, err := range values(file, 0, math.MaxInt) {
		if err != nil {
			return err
		}
		x, err := parse(l.head)
		if err != nil || x.method != request.method || x.path != request.path {
			continue
		}
		recorded := leaves(x.sent)
		if d := distance(recorded, sent); d < least {
			least, nearest = d, recorded
		}
	}
	if least == math.MaxInt {
		e.Why = "there is no " + request.method + " " + request.path + " in it"
		return nil
	}
	e.Why, e.Differences = "the nearest recorded one differs", differences(nearest, sent)
	return nil
}

// leaf is a JSON value that contains no other value, with its path, such as messages[0].content.
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
	needsQuotes := func(c rune) bool { return c < '-' || c == '.' || c == '[' || c == ']' || c > '~' }
	if name == "" || strings.ContainsFunc(name, needsQuotes) {
		return path + "[" + string(rawjson.Quote(name)) + "]"
	}
	if path == "" {
		return name
	}
	return path + "." + name
}

func byPath(all []leaf) map[string]string {
	found := make(map[string]string, len(all))
	for _, l := range all {
		found[l.path] = l.value
	}
	return found
}

// distance returns roughly the number of bytes in which two requests differ, plus a constant for each value that
// differs.
func distance(recorded, sent []leaf) int {
	const perValue = 16
	sum, sentValues := 0, byPath(sent)
	for _, l := range recorded {
		value, ok := sentValues[l.path]
		delete(sentValues, l.path)
		switch {
		case !ok:
			sum += perValue + len(l.value)
		case value != l.value:
			begin, end := common(l.value, value)
			sum += perValue + len(l.value) + len(value) - 2*(begin+end)
		}
	}
	for _, value := range sentValues {
		sum += perValue + len(value)
	}
	return sum
}

// common returns the lengths of the common prefix and the common suffix of two different texts.
func common(a, b string) (begin, end int) {
	for begin < min(len(a), len(b)) && a[begin] == b[begin] {
		begin++
	}
	for end < min(len(a), len(b))-begin && a[len(a)-1-end] == b[len(b)-1-end] {
		end++
	}
	return begin, end
}

// differences describes where two requests differ, one difference per line.
func differences(recorded, sent []leaf) []string {
	var lines []string
	recordedValues, sentValues := byPath(recorded), byPath(sent)
	for _, l := range sent {
		value, ok := recordedValues[l.path]
		if !ok {
			lines = append(lines, fmt.Sprintf("%s: recorded nothing, sent %s", clip(l.path, 0), clip(l.value, 0)))
		} else if value != l.value {
			begin, _ := common(value, l.value)
			lines = append(lines, fmt.Sprintf("%s: recorded %s, sent %s", clip(l.path, 0), clip(value, begin), clip(l.value, begin)))
		}
	}
	for _, l := range recorded {
		if _, ok := sentValues[l.path]; !ok {
			lines = append(lines, fmt.Sprintf("%s: recorded %s, sent nothing", clip(l.path, 0), clip(l.value, 0)))
		}
	}
	if more := len(lines) - maxDifferences; more > 0 {
		lines = append(lines[:maxDifferences], fmt.Sprintf("and %d more", more))
	}
	return lines
}

// clip returns the part of a value around one of its bytes.
func clip(value string, at int) string {
	const context, width = 20, 60
	from, to := 0, len(value)
	if at > 2*context {
		from = at - context
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
