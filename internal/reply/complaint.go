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

// complaint is what an error body says, in any of the known shapes.
type complaint struct {
	message string
	code    string   // the first word that names the error
	words   []string // every word that names it: codes, types, statuses, reasons
	// status is a numeric code in the body, 0 if there is none. Inside a stream or a 200 reply it is the only status there is.
	status int
	after  time.Duration // the wait that the body asks for
	// aboutInput reports that the body names the text that was refused; foreign, that it is no JSON.
	aboutInput, foreign bool
}

// readComplaint reads the error bodies that servers are known to send. An HTML page, what is no text, and an empty body have no
// message.
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

// looksLikeHTML tells a page by its beginning.
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

// deepest is how far inside a body its complaint is looked for. Each level costs a reading of all that is in it, and no server
// needs more than four.
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

// complaintOfText reads a text, which may be the JSON of a server behind this one.
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

// merge takes what another part of the body says and this one does not.
func (c *complaint) merge(more complaint) {
	if c.message == "" {
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

// members returns an object's members by their names in small letters; the first one of a name wins.
func members(raw json.RawMessage) map[string]json.RawMessage {
	fields := map[string]json.RawMessage{}
	for key, value := range rawjson.Members(raw) {
		if name := strings.ToLower(string(key)); fields[name] == nil {
			fields[name] = value
		}
	}
	return fields
}

// places returns where an object's complaint may stand: OpenAI's and xAI's own places first.
func places() []string {
	return []string{
		"error", "errors", "message", "detail", "msg", "error_description", "error_msg", "error_message", "errmsg", "errormessage",
		"base_resp", "status_msg", "fault", "faultstring", "innererror", "title", "description",
	}
}

func complaintOfObject(raw json.RawMessage, depth int) complaint {
	fields := members(raw)
	var c complaint
	for _, name := range places() {
		c.merge(complaintOf(fields[name], depth))
	}
	if at := location(fields["loc"]); at != "" && c.message != "" {
		c.message = at + ": " + c.message
	}
	for _, name := range []string{"code", "errorcode", "error_code", "status_code", "__type"} {
		c.setCode(fields[name])
	}
	if c.message != "" {
		// Without a complaint they say what else this is.
		c.setCode(fields["type"])
		c.setCode(fields["status"])
	}
	c.readDetails(fields, depth)
	return c
}

// readDetails reads what Google puts into "details", and OpenRouter and Azure beside the message.
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

// location returns the field that an item of a {"detail"} list is about, such as messages.0.role.
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

// setCode takes a code that is a word or a number; the first word and the first HTTP status win.
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

// complains reports whether the body says that something went wrong.
func (c *complaint) complains() bool { return c.message != "" || c.code != "" || c.status != 0 }
