package results

import (
	"bytes"
	"encoding/hex"
	"strconv"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// past is a result that was read back.
type past struct {
	customID []byte
	hash     Hash
	// again marks a record that is to be done again: it failed in a way that may pass, or nothing was sent for it.
	again  bool
	failed bool
}

// parseResult reads a line of results without its end. ok is false for any other line, also for a result that was damaged: all
// of the line is checked, not its two ends alone.
func parseResult(line []byte) (p past, ok bool) {
	w := wireResult{once: true}
	if !w.read(line) || w.isOwn() && !w.isIntact() {
		return past{}, false
	}
	p = past{customID: w.customID, hash: w.hash, failed: isObject(w.failure)}
	kind, _ := rawjson.String(w.kind)
	p.again = p.failed && (string(w.retryable) == "true" || kind == string(failure.Record))
	return p, true
}

// wireResult is a line of results. Except the custom_id and the hash its values are JSON as it stands in the line; nil where
// they are missing.
type wireResult struct {
	customID []byte
	hash     Hash
	once     bool // no field is there twice

	id, line, attempts, sum  []byte
	response                 []byte
	status, requestID, body  []byte // of the response
	failure                  []byte
	kind, message, retryable []byte // of the failure
}

// field is a field of an object that is read into a value, and its own fields that are.
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
	})
	id, ok := rawjson.String(quoted)
	w.customID = []byte(id)
	return ok && id != "" && c.End() && w.once && (isObject(w.response) || isNull(w.response) && isObject(w.failure)) &&
		(w.failure == nil || isNull(w.failure) || isObject(w.failure))
}

// object reads the object that is next.
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

// isOwn reports whether this tool wrote the line: by its own fields, or by the form of the id.
func (w *wireResult) isOwn() bool {
	number, ok := bytes.CutPrefix(w.id, []byte(`"`+idPrefix))
	_, err := hex.DecodeString(string(bytes.TrimSuffix(number, []byte(`"`))))
	return ok && err == nil && len(number) == 2*idBytes+1 || w.line != nil || w.attempts != nil || w.sum != nil
}

// isIntact reports whether a line of this tool has all of its fields. Its id is a sum of others, and does not fit where the
// line was made of two.
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
