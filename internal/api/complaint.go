package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// complaint is what an error body says, in whichever of the known shapes it says it.
type complaint struct {
	code    string
	message string
	// status is a numeric code in the body, 0 where there is none. Inside a stream or a
	// 200 reply it is the only status there is.
	status int
}

// readComplaint takes every error body that servers are known to send: xAI's flat
// {"code","error":"text"}, OpenAI's {"error":{"message","type","code"}}, {"error":"text"},
// {"message"}, {"detail"} with a string or a list, a bare string, an array, and text. An
// HTML page and an empty body have no message.
func readComplaint(body []byte) complaint {
	body = bytes.TrimSpace(body)
	if !json.Valid(body) {
		if looksLikeHTML(body) {
			return complaint{}
		}
		return complaint{message: string(body)}
	}
	c := complaintOf(body, deepest)
	if holdsHTML([]byte(c.message)) {
		c.message = ""
	}
	return c
}

// looksLikeHTML tells a page by its beginning.
func looksLikeHTML(body []byte) bool {
	return bytes.HasPrefix(body, []byte("<")) || holdsHTML(body[:min(len(body), 1024)])
}

func holdsHTML(text []byte) bool {
	text = bytes.ToLower(text)
	return bytes.Contains(text, []byte("<html")) || bytes.Contains(text, []byte("<!doctype"))
}

// deepest is how far inside a body its complaint is looked for. Each level costs a reading
// of all that is in it, and no server needs more than three.
const deepest = 8

func complaintOf(raw json.RawMessage, depth int) complaint {
	switch trimmed := bytes.TrimSpace(raw); {
	case len(trimmed) == 0 || depth == 0:
		return complaint{}
	case trimmed[0] == '"':
		var text string
		if json.Unmarshal(trimmed, &text) != nil {
			return complaint{}
		}
		return complaint{message: text}
	case trimmed[0] == '[':
		return complaintOfList(trimmed, depth-1)
	case trimmed[0] == '{':
		return complaintOfObject(trimmed, depth-1)
	}
	return complaint{}
}

func complaintOfList(raw json.RawMessage, depth int) complaint {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return complaint{}
	}
	var all complaint
	var messages []string
	for _, item := range list {
		c := complaintOf(item, depth)
		if c.message != "" {
			messages = append(messages, c.message)
		}
		if all.code == "" {
			all.code = c.code
		}
		if all.status == 0 {
			all.status = c.status
		}
	}
	all.message = strings.Join(messages, "; ")
	return all
}

func complaintOfObject(raw json.RawMessage, depth int) complaint {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		return complaint{}
	}
	var c complaint
	for _, key := range []string{"error", "message", "detail", "msg", "error_description"} {
		inner := complaintOf(fields[key], depth)
		if c.message == "" {
			c.message = inner.message
		}
		if c.code == "" {
			c.code = inner.code
		}
		if c.status == 0 {
			c.status = inner.status
		}
	}
	if at := location(fields["loc"]); at != "" && c.message != "" {
		c.message = at + ": " + c.message
	}
	c.setCode(fields["code"])
	if c.message != "" {
		// Without a complaint they say what else this is.
		c.setCode(fields["type"])
		c.setCode(fields["status"])
	}
	return c
}

// location is the field that an item of a {"detail"} list is about, such as messages.0.role.
func location(raw json.RawMessage) string {
	var steps []any
	if json.Unmarshal(raw, &steps) != nil {
		return ""
	}
	var names []string
	for i, step := range steps {
		if i > 0 || step != "body" {
			names = append(names, fmt.Sprint(step))
		}
	}
	return strings.Join(names, ".")
}

// setCode takes a code that is a word or a status; the first word and the first status win.
func (c *complaint) setCode(raw json.RawMessage) {
	var word string
	if json.Unmarshal(raw, &word) == nil && word != "" && c.code == "" {
		c.code = word
	}
	digits := strings.Trim(string(raw), `"`)
	if n, err := strconv.Atoi(digits); err == nil && n >= 400 && n <= 599 && c.status == 0 {
		c.status = n
	}
}
