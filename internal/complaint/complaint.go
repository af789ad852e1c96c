package reply

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// complaint holds the information in an error body of any known format.
type complaint struct {
	message string
	code    string   // first word that names the error
	words   []string // all words that name the error: codes, types, statuses, reasons
	// status is a numeric code in the body; 0 if there is none. Inside a stream or a 200 reply there is no other
	// status.
	status int
	after  time.Duration // wait that the body requests
	// aboutInput reports whether the body quotes the refused text, foreign whether it is not JSON.
	aboutInput, foreign bool
}

// readComplaint parses an error body in any known format. For an HTML page, binary data or an empty body, the message is
// empty.
func readComplaint(body []byte) complaint {
	body = bytes.TrimSpace(body)
	if !rawjson.Valid(body) {
		c := complaint{foreign: len(body) > 0}
		if !looksLikeHTML(body) && !isBinary(body) {
			c.message = string(body)
		}
		return c
	}
	c := complaintOf(body, deepest)
	if holdsHTML([]byte(c.message)) {
		c.message = ""
	}
	return c
}

// looksLikeHTML reports whether the beginning of a body looks like an HTML page.
func looksLikeHTML(body []byte) bool {
	return bytes.HasPrefix(bytes.TrimSpace(body), []byte("<")) || holdsHTML(body[:min(len(body), 1024)])
}

// pageName returns what to call an answer that is a page and no JSON; empty for any other.
func pageName(body []byte, h http.Header) string {
	kind, _, _ := mime.ParseMediaType(h.Get("Content-Type"))
	body = bytes.TrimSpace(body)
	isTagged := bytes.HasPrefix(body, []byte("<"))
	switch isPage := holdsHTML(body[:min(len(body), 1024)]); {
	case isTagged && !isPage && (bytes.HasPrefix(body, []byte("<?xml")) || strings.HasSuffix(kind, "/xml")):
		return "XML"
	case isTagged, isPage, kind == "text/html" && len(body) > 0 && !bytes.ContainsAny(body[:1], `{[`):
		return "an HTML page"
	}
	return ""
}

// isBinary reports whether a body begins with more than a few bytes that no text has: a picture, compressed data, UTF-16. A text may
// hold some, and bytes of another character set.
func isBinary(body []byte) bool {
	const few = 8 // one of so many
	strange, all := 0, 0
	for _, c := range string(body[:min(len(body), 1024)]) {
		all++
		if c == utf8.RuneError || c < ' ' && !strings.ContainsRune("\t\n\v\f\r\b\x1b", c) {
			strange++
		}
	}
	return strange*few > all
}

func holdsHTML(text []byte) bool {
	text = bytes.ToLower(text)
	return bytes.Contains(text, []byte("<html")) || bytes.Contains(text, []byte("<!doctype"))
}

// deepest limits the nesting in which a complaint is searched. Each level takes a pass over its content, and no known
// server uses more than four.
const deepest = 8

func complaintOf(raw json.RawMessage, depth int) complaint {
	trimmed := bytes.TrimSpace(raw)
	if len(trimmed) == 0 || depth == 0 {
		return complaint{}
	}
	switch trimmed[0] {
	case '"':
		return complaintOfText(trimmed, depth-1)
	case '[':
		return complaintOfList(trimmed, depth-1)
	case '{':
		return complaintOfObject(trimmed, depth-1)
	}
	return complaint{}
}

// complaintOfText reads a string, which may contain the JSON of an upstream server.
func complaintOfText(raw json.RawMessage, depth int) complaint {
	text, _ := rawjson.String(raw)
	if inner := strings.TrimSpace(text); strings.HasPrefix(inner, "{") || strings.HasPrefix(inner, "[") {
		if c := complaintOf([]byte(inner), depth); c.message != "" && rawjson.Valid([]byte(inner)) {
			return c
		}
	}
	return complaint{message: text}
}

func complaintOfList(raw json.RawMessage, depth int) complaint {
	var all complaint
	var messages []string
	items, _ := rawjson.Elements(raw)
	for _, item := range items {
		c := complaintOf(item, depth)
		if c.message != "" {
			messages = append(messages, c.message)
		}
		all.merge(c)
	}
	all.message = strings.Join(messages, "; ")
	return all
}

// merge sets the fields that are missing from those of another part of the body.
func (c *complaint) merge(more complaint) {
	if c.message == "" || more.message != "" && isStatusText(c.message) {
		c.message = more.message
	}
	if c.code == "" {
		c.code = more.code
	}
	if c.status == 0 {
		c.status = more.status
	}
	c.words = append(c.words, more.words...)
	c.after = max(c.after, more.after)
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

func complaintOfObject(raw json.RawMessage, depth int) complaint {
	fields := members(raw)
	var c complaint
	for _, name := range places() {
		inner := complaintOf(fields[name], depth)
		if name == "errors" && inner.message == "" {
			inner.message = fieldErrors(fields[name], depth)
		}
		c.merge(inner)
	}
	if at := location(fields["loc"]); at != "" && c.message != "" {
		c.message = at + ": " + c.message
	}
	for _, name := range []string{"code", "errorcode", "error_code", "status_code", "__type"} {
		c.setCode(fields[name])
	}
	if c.message != "" {
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
		if inner := complaintOf(value, depth); inner.message != "" {
			messages = append(messages, string(name)+": "+inner.message)
		}
	}
	return strings.Join(messages, "; ")
}

// readDetails reads Google's "details", and the members that OpenRouter and Azure add next to the message.
func (c *complaint) readDetails(fields map[string]json.RawMessage, depth int) {
	details, _ := rawjson.Elements(fields["details"])
	for _, detail := range details {
		known := members(detail)
		c.setCode(known["reason"])
		if delay, err := time.ParseDuration(word(known["retrydelay"])); err == nil {
			c.after = max(c.after, delay)
		}
	}
	metadata := members(fields["metadata"])
	if inner := complaintOf(metadata["raw"], depth); inner.message != "" && !strings.Contains(c.message, inner.message) {
		c.message = strings.TrimSpace(c.message + ": " + inner.message)
	}
	c.aboutInput = c.aboutInput || metadata["flagged_input"] != nil || fields["content_filter_result"] != nil || fields["flagged_input"] != nil
}

// word returns a JSON string; empty for any other value.
func word(raw json.RawMessage) string {
	text, _ := rawjson.String(raw)
	return text
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
func (c *complaint) setCode(raw json.RawMessage) {
	text := word(raw)
	if text == "" && raw != nil {
		text = string(raw)
	}
	n, err := strconv.Atoi(text)
	isStatus := err == nil && n >= 400 && n <= 599
	if isStatus && c.status == 0 {
		c.status = n
	}
	isName := word(raw) != "" || err == nil && !isStatus && n != 0 && n != 200
	if !isName || !utf8.ValidString(text) {
		return
	}
	c.words = append(c.words, text)
	if c.code == "" {
		c.code = text
	}
}

// complains reports whether the body reports an error.
func (c *complaint) complains() bool { return !isNoError(c.message) || c.code != "" || c.status != 0 }
