package offline

import (
	"bufio"
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"strings"
	"sync"
	"unicode/utf8"
)

// maxRule is the length of the longest line in a file of rules, in bytes.
const maxRule = 25 << 20

// Replies holds rules that script replies. It counts how often each rule has answered, so that each endpoint needs a
// value of its own. A nil Replies has no rules.
type Replies struct {
	mu    sync.Mutex
	rules []*rule
}

// ReadReplies reads rules, one on each line: {"match","model","reply" | "message" | "error","finish_reason","times"}.
// The first rule that matches a request answers it. match is a regular expression (RE2) to find in the text of the last
// user message, and model is the request's model; a rule without either matches every request. reply is the text of the
// reply, message is an assistant's message, error is {"status","body","headers"}, and times is how often the rule
// answers. An error begins with the line number.
func ReadReplies(in io.Reader) (*Replies, error) {
	lines := bufio.NewScanner(in)
	lines.Buffer(nil, maxRule)
	replies := &Replies{}
	n := 0
	for lines.Scan() {
		n++
		line := bytes.TrimSpace(bytes.TrimPrefix(lines.Bytes(), []byte("\ufeff")))
		if len(line) == 0 {
			continue
		}
		if !utf8.Valid(line) {
			return nil, fmt.Errorf("%d: not UTF-8", n)
		}
		r, err := parseRule(line)
		if err != nil {
			return nil, fmt.Errorf("%d: %w", n, err)
		}
		replies.rules = append(replies.rules, r)
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("%d: %w", n+1, err)
	}
	return replies, nil
}

// find returns the rule that answers a request, and counts it; nil if no rule matches.
func (s *Replies) find(model, text string) *rule {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.rules {
		if r.left == 0 || !r.matches(model, text) {
			continue
		}
		if r.left > 0 {
			r.left--
		}
		return r
	}
	return nil
}

// models returns the models that rules name.
func (s *Replies) models() []string {
	if s == nil {
		return nil
	}
	var names []string
	for _, r := range s.rules {
		if r.model != "" {
			names = append(names, r.model)
		}
	}
	return names
}

// rule answers the requests that it matches, with a completion or an error.
type rule struct {
	match *regexp.Regexp // nil for any text
	model string         // empty for any model
	left  int            // how often it still answers; negative for always

	completion *completion
	failure    *failure
}

// failure is a scripted error.
type failure struct {
	status int
	header http.Header
	body   []byte
}

func (r *rule) matches(model, text string) bool {
	return (r.model == "" || r.model == model) && (r.match == nil || r.match.MatchString(text))
}

func (f *failure) write(x *exchange) {
	maps.Copy(x.w.Header(), f.header)
	x.w.WriteHeader(f.status)
	_, _ = x.w.Write(f.body) // as in writeText
}

// ruleLine is a rule as a line of a file has it.
type ruleLine struct {
	Match   *string      `json:"match"`
	Model   string       `json:"model"`
	Reply   *string      `json:"reply"`
	Message *messageLine `json:"message"`
	Error   *failureLine `json:"error"`
	Finish  string       `json:"finish_reason"`
	Times   *int         `json:"times"`
}

type messageLine struct {
	Role      string     `json:"role"`
	Content   *string    `json:"content"`
	Reasoning string     `json:"reasoning_content"`
	Refusal   string     `json:"refusal"`
	Calls     []toolCall `json:"tool_calls"`
}

type failureLine struct {
	Status  int               `json:"status"`
	Body    json.RawMessage   `json:"body"`
	Headers map[string]string `json:"headers"`
}

func parseRule(line []byte) (*rule, error) {
	var parsed ruleLine
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&parsed); err != nil {
		return nil, describeError(err)
	}
	if dec.InputOffset() < int64(len(line)) {
		return nil, errors.New("something follows the rule")
	}
	r := &rule{model: parsed.Model, left: -1}
	if parsed.Match != nil {
		var err error
		if r.match, err = regexp.Compile(*parsed.Match); err != nil {
			return nil, fmt.Errorf("match: %w", err)
		}
	}
	if parsed.Times != nil {
		if r.left = *parsed.Times; r.left < 1 {
			return nil, errors.New("times: must be at least 1")
		}
	}
	return r, r.setAnswer(&parsed)
}

// setAnswer sets what the rule answers with, which is one of three.
func (r *rule) setAnswer(line *ruleLine) (err error) {
	given := 0
	if line.Reply != nil {
		given++
		r.completion = &completion{text: *line.Reply}
	}
	if line.Message != nil {
		given++
		r.completion, err = line.Message.completion()
	}
	if line.Error != nil {
		given++
		r.failure, err = line.Error.failure()
	}
	switch {
	case err != nil:
		return err
	case given != 1:
		return errors.New(`a rule answers with one of "reply", "message" and "error"`)
	case r.completion != nil:
		r.completion.finish = line.Finish
	}
	return nil
}

func (m *messageLine) completion() (*completion, error) {
	if m.Role != "" && m.Role != "assistant" {
		return nil, errors.New("message: the role must be assistant")
	}
	c := &completion{reasoning: m.Reasoning, refusal: m.Refusal, calls: m.Calls}
	if m.Content != nil {
		c.text = *m.Content
	}
	for i := range c.calls {
		call := &c.calls[i]
		if call.Function.Name == "" {
			return nil, errors.New("message: a tool call needs the name of its function")
		}
		call.ID, call.Type = cmp.Or(call.ID, fmt.Sprintf("call_%d", i)), "function"
		call.Function.Arguments = cmp.Or(call.Function.Arguments, "{}")
	}
	return c, nil
}

func (f *failureLine) failure() (*failure, error) {
	if f.Status < 200 || f.Status > 599 || f.Status < 400 && f.Body == nil {
		return nil, errors.New("error: status must be between 400 and 599, or from 200 with a body")
	}
	out := &failure{status: f.Status, header: http.Header{"Content-Type": {"application/json"}}, body: f.Body}
	var text string
	if json.Unmarshal(f.Body, &text) == nil {
		out.body = []byte(text)
		out.header.Set("Content-Type", "text/plain; charset=utf-8")
	}
	for name, v := range f.Headers {
		out.header.Set(name, v)
	}
	return out, nil
}

// describeError returns a decoder's error in words for people.
func describeError(err error) error {
	wrongType, ok := errors.AsType[*json.UnmarshalTypeError](err)
	switch {
	case ok && wrongType.Field == "":
		return errors.New("a rule is an object")
	case ok:
		return fmt.Errorf("%s: takes no %s", wrongType.Field, wrongType.Value)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the line ends within the rule")
	}
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("not JSON: %w", syntax)
	}
	return errors.New(strings.TrimPrefix(err.Error(), "json: "))
}
