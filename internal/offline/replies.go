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
	"slices"
	"strings"
	"sync"
	"unicode/utf8"
)

// maxRule is the longest line of a file of replies, in bytes.
const maxRule = 25 << 20

// Replies are scripted answers. They count how often each was given: a value belongs to one endpoint.
type Replies struct {
	mu    sync.Mutex
	rules []*rule
}

// A rule answers the requests that it matches.
type rule struct {
	match *regexp.Regexp // nil for any text
	model string         // empty for any
	left  int            // how often it answers yet; negative for always

	said    *said
	failure *failure
}

// said is what a model says in one choice.
type said struct {
	text, reasoning, refusal string
	calls                    []call
	finish                   string // empty for what follows from the rest
}

// failure is an error that a rule answers with.
type failure struct {
	status int
	header http.Header
	body   []byte
}

// ReadReplies reads rules, one a line: {"match","model","reply" | "message" | "error","finish_reason","times"}. A request is
// answered by the first rule that it matches: match is a regular expression (RE2) that is looked for in the text of the last
// user message, model the request's model; without either a rule matches all. reply is the text of the answer, message an
// assistant's message, error {"status","body","headers"}; times is how often the rule answers. The error begins with the
// line's number.
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
		r, err := readRule(line)
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

// ruleLine is a rule as it is written.
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
	Role      string  `json:"role"`
	Content   *string `json:"content"`
	Reasoning string  `json:"reasoning_content"`
	Refusal   string  `json:"refusal"`
	Calls     []call  `json:"tool_calls"`
}

type failureLine struct {
	Status  int               `json:"status"`
	Body    json.RawMessage   `json:"body"`
	Headers map[string]string `json:"headers"`
}

func readRule(line []byte) (*rule, error) {
	var w ruleLine
	dec := json.NewDecoder(bytes.NewReader(line))
	dec.DisallowUnknownFields()
	if err := dec.Decode(&w); err != nil {
		return nil, plain(err)
	}
	if dec.InputOffset() < int64(len(line)) {
		return nil, errors.New("something follows the rule")
	}
	r := &rule{model: w.Model, left: -1}
	if w.Match != nil {
		var err error
		if r.match, err = regexp.Compile(*w.Match); err != nil {
			return nil, fmt.Errorf("match: %w", err)
		}
	}
	if w.Times != nil {
		if r.left = *w.Times; r.left < 1 {
			return nil, errors.New("times: must be at least 1")
		}
	}
	return r, r.answer(&w)
}

// answer reads what a rule answers with: one of three.
func (r *rule) answer(w *ruleLine) (err error) {
	given := 0
	if w.Reply != nil {
		given++
		r.said = &said{text: *w.Reply}
	}
	if w.Message != nil {
		given++
		r.said, err = w.Message.said()
	}
	if w.Error != nil {
		given++
		r.failure, err = w.Error.failure()
	}
	switch {
	case err != nil:
		return err
	case given != 1:
		return errors.New(`a rule answers with one of "reply", "message" and "error"`)
	case r.said != nil:
		r.said.finish = w.Finish
	}
	return nil
}

func (m *messageLine) said() (*said, error) {
	if m.Role != "" && m.Role != "assistant" {
		return nil, errors.New("message: the role must be assistant")
	}
	s := &said{reasoning: m.Reasoning, refusal: m.Refusal, calls: m.Calls}
	if m.Content != nil {
		s.text = *m.Content
	}
	for i := range s.calls {
		c := &s.calls[i]
		if c.Function.Name == "" {
			return nil, errors.New("message: a tool call needs the name of its function")
		}
		c.ID, c.Type = cmp.Or(c.ID, fmt.Sprintf("call_%d", i)), "function"
		c.Function.Arguments = cmp.Or(c.Function.Arguments, "{}")
	}
	return s, nil
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

// plain is a decoder's error in words for people.
func plain(err error) error {
	wrong, mistyped := errors.AsType[*json.UnmarshalTypeError](err)
	switch {
	case mistyped && wrong.Field == "":
		return errors.New("a rule is an object")
	case mistyped:
		return fmt.Errorf("%s: takes no %s", wrong.Field, wrong.Value)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return errors.New("the line ends within the rule")
	}
	if syntax, ok := errors.AsType[*json.SyntaxError](err); ok {
		return fmt.Errorf("not JSON: %w", syntax)
	}
	return errors.New(strings.TrimPrefix(err.Error(), "json: "))
}

// find is the rule that answers a request, which it counts; nil where none does. A nil Replies has none.
func (s *Replies) find(model, text string) *rule {
	if s == nil {
		return nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, r := range s.rules {
		if r.left == 0 || r.model != "" && r.model != model || r.match != nil && !r.match.MatchString(text) {
			continue
		}
		if r.left > 0 {
			r.left--
		}
		return r
	}
	return nil
}

// models are the models that rules are for, each once, but for those that answer anyhow.
func (s *Replies) models() []string {
	if s == nil {
		return nil
	}
	var names []string
	for _, r := range s.rules {
		if r.model != "" && !builtIn(r.model) && !slices.Contains(names, r.model) {
			names = append(names, r.model)
		}
	}
	return names
}

// names says whether a rule is for a model of that name.
func (s *Replies) names(model string) bool { return slices.Contains(s.models(), model) }

func (f *failure) write(w http.ResponseWriter) {
	maps.Copy(w.Header(), f.header)
	w.WriteHeader(f.status)
	put(w, string(f.body))
}
