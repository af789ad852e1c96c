package results

import (
	"bytes"
	"encoding/hex"
	"strconv"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// pastResult is a result of an earlier run.
type pastResult struct {
	customID []byte
	hash     Hash
	// retry reports whether to send the record again: its failure may be temporary, or nothing was sent for it.
	retry  bool
	failed bool
	unsent bool // nothing was sent for the record
}

// parseResult parses a line of results without its newline; ok is false for any other line, also for a damaged result.
func parseResult(line []byte) (p pastResult, ok bool) {
	w := wireResult{once: true}
	if !w.read(line) || w.isOwn() && !w.isIntact() {
		return pastResult{}, false
	}
	p = pastResult{customID: w.customID, hash: w.hash, failed: isObject(w.failure)}
	kind, _ := rawjson.String(w.kind)
	p.unsent = p.failed && kind == string(failure.Record)
	p.retry = p.unsent || p.failed && string(w.retryable) == "true"
	return p, true
}

// wireResult holds the values of a line of results: the custom_id and the hash decoded, all others as the JSON of the
// line, nil if missing.
type wireResult struct {
	customID []byte
	hash     Hash
	once     bool // no field occurs twice

	id, line, attempts, sum  []byte
	response                 []byte
	status, requestID, body  []byte // of the response
	failure                  []byte
	kind, message, retryable []byte // of the failure
	input, expect            []byte
}

// field describes a field of an object: its name, the destination of its JSON, and its subfields to read as well.
type field struct {
	name   string
	into   *[]byte
	fields []field
}

// read reads a result of any tool: an object with a custom_id, and a response, an error or both.
func (w *wireResult) read(line []byte) bool {
	var quoted []byte
	c := rawjson.Read(line)
	w.object(&c, []field{
		{"id", &w.id, nil},
		{"custom_id", &quoted, nil},
		{"response", &w.response, []field{{"status_code", &w.status, nil}, {"request_id", &w.requestID, nil}, {"body", &w.body, nil}}},
		{"error", &w.failure, []field{{"kind", &w.kind, nil}, {"message", &w.message, nil}, {"retryable", &w.retryable, nil}}},
		{"line", &w.line, nil},
		{"attempts", &w.attempts, nil},
		{"hash", &w.sum, nil},
		{"input", &w.input, nil},
		{"expect", &w.expect, nil},
	})
	id, ok := rawjson.String(quoted)
	w.customID = []byte(id)
	return ok && id != "" && c.End() && w.once && (isObject(w.response) || isNull(w.response) && isObject(w.failure)) &&
		(w.failure == nil || isNull(w.failure) || isObject(w.failure))
}

// object reads the next value, which should be an object.
func (w *wireResult) object(c *rawjson.Cursor, fields []field) {
	for key := range c.Members() {
		for _, f := range fields {
			if string(key) == f.name {
				start := c.Here()
				w.object(c, f.fields)
				w.once = w.once && *f.into == nil
				*f.into = c.Since(start)
			}
		}
	}
}

// isOwn reports whether chatcmpl wrote the line, judging by its own fields and the form of the id.
func (w *wireResult) isOwn() bool {
	number, ok := bytes.CutPrefix(w.id, []byte(`"`+idPrefix))
	_, err := hex.DecodeString(string(bytes.TrimSuffix(number, []byte(`"`))))
	return ok && err == nil && len(number) == 2*idBytes+1 || w.line != nil || w.attempts != nil || w.sum != nil
}

// isIntact reports whether a line written by chatcmpl has all of its fields. The id is a checksum of other fields,
// which detects a line joined from two.
func (w *wireResult) isIntact() bool {
	line, err := strconv.ParseInt(string(w.line), 10, 64)
	if err != nil || !isCount(w.attempts) || w.failure == nil || !w.readHash() {
		return false
	}
	own := Result{CustomID: string(w.customID), Line: line, Hash: w.hash}
	var room [128]byte
	return bytes.Equal(w.id, own.appendID(room[:0])) &&
		(isNull(w.response) || isCount(w.status) && w.requestID != nil && w.body != nil) &&
		(isNull(w.failure) || w.kind != nil && w.message != nil && w.retryable != nil)
}

// readHash reads the hash of the request.
func (w *wireResult) readHash() bool {
	if len(w.sum) != hex.EncodedLen(len(w.hash))+len(`""`) {
		return false
	}
	_, err := hex.Decode(w.hash[:], w.sum[1:len(w.sum)-1])
	return err == nil
}

func isObject(raw []byte) bool { return len(raw) > 0 && raw[0] == '{' }

func isNull(raw []byte) bool { return string(raw) == "null" }

func isCount(raw []byte) bool {
	_, err := strconv.ParseUint(string(raw), 10, 32)
	return err == nil
}
