package api

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
)

// errorBody holds the fields of an error response, whichever of the known formats it has.
type errorBody struct {
	code    string
	message string
	// status is a numeric code in the body; 0 if there is none. Inside a stream or a 200 response there is no other
	// status.
	status int
}

// parseErrorBody reads the formats in which servers are known to report errors: xAI's flat {"code","error":"text"},
// OpenAI's {"error":{"message","type","code"}}, {"error":"text"}, {"message"}, {"detail"} with a string or a list, a
// bare string, an array, and text that is not JSON. For an HTML page or an empty body the message is empty.
func parseErrorBody(body []byte) errorBody {
	body = bytes.TrimSpace(body)
	if !json.Valid(body) {
		if looksLikeHTML(body) {
			return errorBody{}
		}
		return errorBody{message: string(body)}
	}
	c := parseErrorValue(body, maxErrorDepth)
	if holdsHTML([]byte(c.message)) {
		c.message = ""
	}
	return c
}

// looksLikeHTML reports whether a body begins like a markup document.
func looksLikeHTML(body []byte) bool {
	return bytes.HasPrefix(body, []byte("<")) || holdsHTML(body[:min(len(body), 1024)])
}

func holdsHTML(text []byte) bool {
	text = bytes.ToLower(text)
	return bytes.Contains(text, []byte("<html")) || bytes.Contains(text, []byte("<!doctype"))
}

// maxErrorDepth limits how deep inside a body the error is searched. Each level reads everything inside it once more,
// and servers use at most three.
const maxErrorDepth = 8

func parseErrorValue(raw json.RawMessage, depth int) errorBody {
	switch trimmed := bytes.TrimSpace(raw); {
	case len(trimmed) == 0 || depth == 0:
		return errorBody{}
	case trimmed[0] == '"':
		var text string
		if json.Unmarshal(trimmed, &text) != nil {
			return errorBody{}
		}
		return errorBody{message: text}
	case trimmed[0] == '[':
		return parseErrorList(trimmed, depth-1)
	case trimmed[0] == '{':
		return parseErrorObject(trimmed, depth-1)
	}
	return errorBody{}
}

func parseErrorList(raw json.RawMessage, depth int) errorBody {
	var list []json.RawMessage
	if json.Unmarshal(raw, &list) != nil {
		return errorBody{}
	}
	var all errorBody
	var messages []string
	for _, item := range list {
		c := parseErrorValue(item, depth)
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

func parseErrorObject(raw json.RawMessage, depth int) errorBody {
	var fields map[string]json.RawMessage
	if json.Unmarshal(raw, &fields) != nil {
		return errorBody{}
	}
	var c errorBody
	for _, key := range []string{"error", "message", "detail", "msg", "error_description"} {
		inner := parseErrorValue(fields[key], depth)
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
	if field := location(fields["loc"]); field != "" && c.message != "" {
		c.message = field + ": " + c.message
	}
	c.setCode(fields["code"])
	if c.message != "" {
		// In an object without a message, type and status do not describe an error.
		c.setCode(fields["type"])
		c.setCode(fields["status"])
	}
	return c
}

// location returns the field that an item of a {"detail"} list refers to, such as messages.0.role.
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

// setCode stores a code that is a word or a status. The first of each counts.
func (c *errorBody) setCode(raw json.RawMessage) {
	var word string
	if json.Unmarshal(raw, &word) == nil && word != "" && c.code == "" {
		c.code = word
	}
	digits := strings.Trim(string(raw), `"`)
	if n, err := strconv.Atoi(digits); err == nil && n >= 400 && n <= 599 && c.status == 0 {
		c.status = n
	}
}
