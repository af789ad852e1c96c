package cassette

import (
	"bytes"
	"encoding/base64"
	"errors"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// exchange is a request and its result, which make up one line of the file.
type exchange struct {
	method, path string // path is relative to the base URL
	sent         []byte // body of the request
	status       int    // 0 if there was no response
	header       http.Header
	body         []byte
	cut          bool   // the body is incomplete
	failure      string // why there was no response, or the client's timeout that cut it
	timeout      bool   // failure is a timeout
	place        Place
	entry        Entry // keeps it; nil for one that was read
}

func (x *exchange) key() Key { return KeyOf(x.method, x.path, x.sent) }

// keyStart begins a line whose key can be read without reading the whole line.
const keyStart = `{"key":"`

// byteOrderMark may begin the first line, because some editors write one.
const byteOrderMark = "\ufeff"

// line returns the exchange as a line of the file.
func (x *exchange) line() []byte {
	request := rawjson.Object{
		{Key: "method", Value: rawjson.Quote(x.method)},
		{Key: "path", Value: rawjson.Quote(x.path)},
	}
	request = appendBody(request, x.sent, asJSON)
	line := rawjson.Object{
		{Key: "key", Value: rawjson.Quote(x.key().String())},
	}
	line = x.place.append(line)
	line = append(line, rawjson.Member{Key: "request", Value: request.JSON()})
	if x.status != 0 {
		line = append(line, rawjson.Member{Key: "response", Value: x.response()})
	}
	if x.failure != "" || x.status == 0 {
		line = append(line, rawjson.Member{Key: "error", Value: rawjson.Quote(x.failure)})
	}
	if x.timeout {
		line = append(line, rawjson.Member{Key: "timeout", Value: []byte("true")})
	}
	return append(line.JSON(), '\n')
}

func (x *exchange) response() []byte {
	var header rawjson.Object
	for _, name := range slices.Sorted(maps.Keys(x.header)) {
		header = append(header, rawjson.Member{Key: name, Value: rawjson.Quote(strings.Join(x.header[name], ", "))})
	}
	response := rawjson.Object{
		{Key: "status", Value: strconv.AppendInt(nil, int64(x.status), 10)},
		{Key: "headers", Value: header.JSON()},
	}
	form := asJSON
	switch {
	case strings.HasPrefix(x.header.Get("Content-Type"), "text/event-stream"):
		form = asPieces
	case x.cut:
		form = asText
	}
	response = appendBody(response, x.body, form)
	if x.cut {
		response = append(response, rawjson.Member{Key: "cut", Value: []byte("true")})
	}
	return response.JSON()
}

// isRecordedHeader reports whether a header of a response is recorded. Only headers that clients use are; none of them
// contains a secret.
func isRecordedHeader(name string) bool {
	switch name {
	case "Content-Type", "X-Request-Id", "Request-Id", "Retry-After", "Retry-After-Ms", "X-Should-Retry":
		return true
	}
	return strings.HasPrefix(name, "X-Ratelimit-")
}

// form selects the representation of a body.
type form int

const (
	asJSON   form = iota // JSON as JSON, on one line
	asText               // byte for byte
	asPieces             // byte for byte, as the events of a stream
)

// appendBody appends a body to the object of its request or response, under the key of the form that is easiest to read
// and to edit: "body", "text", "pieces", or "base64" if it is not UTF-8.
func appendBody(obj rawjson.Object, body []byte, as form) rawjson.Object {
	add := func(name string, value []byte) rawjson.Object {
		return append(obj, rawjson.Member{Key: name, Value: value})
	}
	if len(body) == 0 {
		return obj
	}
	if !utf8.Valid(body) {
		return add("base64", rawjson.Quote(base64.StdEncoding.EncodeToString(body)))
	}
	if as == asJSON {
		if compact, err := rawjson.Compact(body); err == nil {
			return add("body", compact)
		}
	}
	if as == asPieces {
		return add("pieces", quoteAll(events(string(body))))
	}
	return add("text", rawjson.Quote(string(body)))
}

func quoteAll(texts []string) []byte {
	quoted := make([][]byte, len(texts))
	for i, text := range texts {
		quoted[i] = rawjson.Quote(text)
	}
	return rawjson.Array(quoted)
}

// events splits a stream after its blank lines. The parts add up to the stream.
func events(stream string) []string {
	for _, blank := range []string{"\r\n\r\n", "\n\n", "\r\r"} {
		if !strings.Contains(stream, blank) {
			continue
		}
		all := strings.SplitAfter(stream, blank)
		if last := len(all) - 1; all[last] == "" {
			all = all[:last]
		}
		return all
	}
	return []string{stream}
}

// errNotExchange reports a line that is no exchange.
var errNotExchange = errors.New("not an exchange")

// parse reads a line. It ignores unknown fields.
func parse(line []byte) (*exchange, error) {
	line = bytes.TrimPrefix(line, []byte(byteOrderMark))
	if !rawjson.Valid(line) {
		return nil, errNotExchange
	}
	obj := rawjson.Known(line)
	request := rawjson.Known(obj.Get("request"))
	method, isMethod := rawjson.String(request.Get("method"))
	path, isPath := rawjson.String(request.Get("path"))
	x := &exchange{method: method, path: path, place: readPlace(obj)}
	var readable bool
	x.sent, readable = readBody(request)
	if !isMethod || !isPath || !readable {
		return nil, errNotExchange
	}
	if failure, ok := rawjson.String(obj.Get("error")); ok {
		x.failure, x.timeout = failure, isTrue(obj.Get("timeout"))
		if obj.Get("response") == nil {
			return x, nil
		}
	}
	return x, x.readResponse(rawjson.Known(obj.Get("response")))
}

func (x *exchange) readResponse(response rawjson.Object) error {
	status, err := strconv.Atoi(string(response.Get("status")))
	if err != nil || status < 200 || status > 999 {
		return errNotExchange
	}
	x.status, x.header, x.cut = status, http.Header{}, isTrue(response.Get("cut"))
	for _, m := range rawjson.Known(response.Get("headers")) {
		if value, ok := rawjson.String(m.Value); ok {
			x.header.Set(m.Key, value)
		}
	}
	var readable bool
	if x.body, readable = readBody(response); !readable {
		return errNotExchange
	}
	return nil
}

func isTrue(raw []byte) bool { return string(raw) == "true" }

// readBody reads what appendBody writes. If none of its keys is present, the body is empty.
func readBody(obj rawjson.Object) (body []byte, ok bool) {
	if raw := obj.Get("body"); raw != nil {
		if bytes.IndexByte(raw, '\n') < 0 {
			return raw, true
		}
		// Somebody has formatted the file.
		body, err := rawjson.Compact(raw)
		return body, err == nil
	}
	if raw := obj.Get("text"); raw != nil {
		text, ok := rawjson.String(raw)
		return []byte(text), ok
	}
	if raw := obj.Get("base64"); raw != nil {
		text, ok := rawjson.String(raw)
		body, err := base64.StdEncoding.DecodeString(text)
		return body, ok && err == nil
	}
	raw := obj.Get("pieces")
	if raw == nil {
		return nil, true
	}
	pieces, ok := rawjson.Elements(raw)
	for _, p := range pieces {
		text, isText := rawjson.String(p)
		body, ok = append(body, text...), ok && isText
	}
	return body, ok
}
