// Package complaint reads what servers, gateways and proxies say of an error, in all the forms in which they say it, and finds out
// whether it is about one request or about all of them.
package complaint

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// Complaint holds what a body of any known form says of an error.
type Complaint struct {
	Message string
	Code    string   // first word that names the error
	words   []string // all words that name the error: codes, types, statuses, reasons
	// Status is a numeric code in the body; 0 if there is none. Inside a stream or a 200 reply there is no other
	// status.
	Status int
	After  time.Duration // wait that the body requests
	// Foreign reports whether the body is not JSON, aboutInput whether it quotes the refused text.
	Foreign, aboutInput bool
}

// Read parses an error body in any known format. For an HTML page, binary data or an empty body, the message is
// empty.
func Read(body []byte) Complaint {
	body = bytes.TrimSpace(body)
	if !rawjson.Valid(body) {
		c := Complaint{Foreign: len(body) > 0}
		if !LooksLikeHTML(body) && !isBinary(body) {
			c.Message = string(body)
		}
		return c
	}
	c := complaintOf(body, deepest)
	if HoldsHTML([]byte(c.Message)) {
		c.Message = ""
	}
	return c
}

// deepest limits the nesting in which a complaint is searched. Each level takes a pass over its content, and no known
// server uses more than four.
const deepest = 8

func complaintOf(raw json.RawMessage, depth int) Complaint {
	trimmed := bytes.TrimSpace(raw)
	if len(trimmed) == 0 || depth == 0 {
		return Complaint{}
	}
	switch trimmed[0] {
	case '"':
		return complaintOfText(trimmed, depth-1)
	case '[':
		return complaintOfList(trimmed, depth-1)
	case '{':
		return complaintOfObject(trimmed, depth-1)
	}
	return Complaint{}
}

// complaintOfText reads a string, which may contain the JSON of an upstream server.
func complaintOfText(raw json.RawMessage, depth int) Complaint {
	text, _ := rawjson.String(raw)
	if inner := strings.TrimSpace(text); strings.HasPrefix(inner, "{") || strings.HasPrefix(inner, "[") {
		if c := complaintOf([]byte(inner), depth); c.Message != "" && rawjson.Valid([]byte(inner)) {
			return c
		}
	}
	return Complaint{Message: text}
}

func complaintOfList(raw json.RawMessage, depth int) Complaint {
	var all Complaint
	var messages []string
	items, _ := rawjson.Elements(raw)
	for _, item := range items {
		c := complaintOf(item, depth)
		if c.Message != "" {
			messages = append(messages, c.Message)
		}
		all.merge(c)
	}
	all.Message = strings.Join(messages, "; ")
	return all
}

// merge sets the fields that are missing from those of another part of the body.
func (c *Complaint) merge(more Complaint) {
	if c.Message == "" || more.Message != "" && isStatusText(c.Message) {
		c.Message = more.Message
	}
	if c.Code == "" {
		c.Code = more.Code
	}
	if c.Status == 0 {
		c.Status = more.Status
	}
	c.words = append(c.words, more.words...)
	c.After = max(c.After, more.After)
	c.aboutInput = c.aboutInput || more.aboutInput
}

// isStatusText reports whether a message only names an HTTP status, such as "Bad Request".
func isStatusText(message string) bool {
	for status := http.StatusBadRequest; status <= http.StatusNetworkAuthenticationRequired; status++ {
		if strings.EqualFold(message, http.StatusText(status)) {
			return true
		}
	}
	return false
}

// members returns an object's members by their lower-case names; the first of several with the same name wins.
func members(raw json.RawMessage) map[string]json.RawMessage {
	fields := map[string]json.RawMessage{}
	for key, value := range rawjson.Members(raw) {
		if name := strings.ToLower(string(key)); fields[name] == nil {
			fields[name] = value
		}
	}
	return fields
}

// places returns the names of the members that may contain a complaint, those of OpenAI and xAI first.
func places() []string {
	return []string{
		"error", "errors", "message", "detail", "msg", "error_description", "error_msg", "error_message", "errmsg", "errormessage",
		"base_resp", "status_msg", "fault", "faultstring", "innererror", "title", "description", "reason",
	}
}

func complaintOfObject(raw json.RawMessage, depth int) Complaint {
	fields := members(raw)
	var c Complaint
	for _, name := range places() {
		inner := complaintOf(fields[name], depth)
		if name == "errors" && inner.Message == "" {
			inner.Message = fieldErrors(fields[name], depth)
		}
		c.merge(inner)
	}
	if at := location(fields["loc"]); at != "" && c.Message != "" {
		c.Message = at + ": " + c.Message
	}
	for _, name := range []string{"code", "errorcode", "error_code", "status_code", "__type"} {
		c.setCode(fields[name])
	}
	if c.Message != "" {
		// In a body without a message, type and status have another meaning.
		c.setCode(fields["type"])
		c.setCode(fields["status"])
	}
	c.readDetails(fields, depth)
	return c
}

// fieldErrors returns the messages of an object that holds them by the name of the wrong field.
func fieldErrors(raw json.RawMessage, depth int) string {
	var messages []string
	for name, value := range rawjson.Members(raw) {
		if inner := complaintOf(value, depth); inner.Message != "" {
			messages = append(messages, string(name)+": "+inner.Message)
		}
	}
	return strings.Join(messages, "; ")
}

// readDetails reads Google's "details", and the members that OpenRouter and Azure add next to the message.
func (c *Complaint) readDetails(fields map[string]json.RawMessage, depth int) {
	details, _ := rawjson.Elements(fields["details"])
	for _, detail := range details {
		known := members(detail)
		c.setCode(known["reason"])
		if delay, err := time.ParseDuration(rawjson.Text(known["retrydelay"])); err == nil {
			c.After = max(c.After, delay)
		}
	}
	metadata := members(fields["metadata"])
	if inner := complaintOf(metadata["raw"], depth); inner.Message != "" && !strings.Contains(c.Message, inner.Message) {
		c.Message = strings.TrimSpace(c.Message + ": " + inner.Message)
	}
	c.aboutInput = c.aboutInput || metadata["flagged_input"] != nil || fields["content_filter_result"] != nil || fields["flagged_input"] != nil
}

// location returns the path of the field in an item of a {"detail"} list, such as messages.0.role.
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

// setCode adds a code, which is a word or a number. The first word and the first HTTP status win.
func (c *Complaint) setCode(raw json.RawMessage) {
	text := rawjson.Text(raw)
	if text == "" && raw != nil {
		text = string(raw)
	}
	n, err := strconv.Atoi(text)
	isStatus := err == nil && n >= 400 && n <= 599
	if isStatus && c.Status == 0 {
		c.Status = n
	}
	isName := rawjson.Text(raw) != "" || err == nil && !isStatus && n != 0 && n != 200
	if !isName || !utf8.ValidString(text) {
		return
	}
	c.words = append(c.words, text)
	if c.Code == "" {
		c.Code = text
	}
}

// Complains reports whether the body reports an error.
func (c *Complaint) Complains() bool { return !IsNoError(c.Message) || c.Code != "" || c.Status != 0 }

// IsNoError reports whether a word says that nothing went wrong.
func IsNoError(word string) bool {
	known := []string{"", "null", "nil", "none", "false", "0", "200", "ok", "success", "no error", "no_error", "noerror"}
	return slices.Contains(known, strings.ToLower(strings.Trim(word, " \t\r\n.!")))
}
