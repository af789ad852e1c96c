package results

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"strconv"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// Hash is the first half of the SHA-256 of a request's body; zero if nothing was sent.
type Hash [16]byte

// HashOf returns the hash of a request's body.
func HashOf(doc rawjson.Doc) (sum Hash) {
	if raw, ok := doc.Literal(); ok {
		full := sha256.Sum256(raw)
		copy(sum[:], full[:])
		return sum
	}
	h := sha256.New()
	// Writing to a hash never fails.
	_, _ = doc.WriteTo(h)
	copy(sum[:], h.Sum(nil))
	return sum
}

// Result is the content of one line of results.
type Result struct {
	CustomID string
	// Line is the number of the record's line in the input, from 1.
	Line int64
	Hash Hash
	Response
}

// Response is the result of a record's request.
type Response struct {
	// Status, RequestID and Body come from the server's response. Status is 0 if there was none. Body is JSON on one
	// line; nil if the body was not JSON.
	Status    int
	RequestID string
	Body      []byte
	// Failure is nil for an acceptable reply.
	Failure *failure.Report
	// Attempts counts the requests that were sent.
	Attempts int
}

// idPrefix begins the ids of results, as in the Batch API.
const idPrefix = "batch_req_"

// LineOverhead is the approximate number of bytes in the line of a result besides its body.
const LineOverhead = 512

// AppendLine appends the result as a line in the output format of the Batch API: id, custom_id, response and error,
// followed by line, attempts and the hash of the request.
func (r *Result) AppendLine(out []byte) []byte {
	start := len(out)
	sum := sha256.Sum256(binary.BigEndian.AppendUint64(append(append(out, r.CustomID...), r.Hash[:]...), uint64(r.Line))[start:])
	out = append(out, `{"id":"`+idPrefix...)
	out = hex.AppendEncode(out, sum[:12])
	out = append(out, `","custom_id":`...)
	out = rawjson.AppendQuote(out, r.CustomID)
	out = append(out, `,"response":`...)
	out = r.appendResponse(out)
	out = append(out, `,"error":`...)
	out = appendFailure(out, r.Failure)
	out = append(out, `,"line":`...)
	out = strconv.AppendInt(out, r.Line, 10)
	out = append(out, `,"attempts":`...)
	out = strconv.AppendInt(out, int64(r.Attempts), 10)
	out = append(out, `,"hash":"`...)
	out = hex.AppendEncode(out, r.Hash[:])
	return append(out, "\"}\n"...)
}

func (r *Result) appendResponse(out []byte) []byte {
	if r.Status == 0 {
		return append(out, "null"...)
	}
	out = append(out, `{"status_code":`...)
	out = strconv.AppendInt(out, int64(r.Status), 10)
	out = append(out, `,"request_id":`...)
	out = rawjson.AppendQuote(out, r.RequestID)
	out = append(out, `,"body":`...)
	if r.Body == nil {
		out = append(out, "null"...)
	}
	out = append(out, r.Body...)
	return append(out, '}')
}

func appendFailure(out []byte, f *failure.Report) []byte {
	if f == nil {
		return append(out, "null"...)
	}
	obj := rawjson.Object{
		{Key: "kind", Value: rawjson.Quote(string(f.Kind))},
		{Key: "message", Value: rawjson.Quote(f.Message)},
		{Key: "code", Value: json.RawMessage("null")},
		{Key: "status", Value: json.RawMessage("null")},
		{Key: "retryable", Value: strconv.AppendBool(nil, f.Retryable)},
	}
	if f.Code != "" {
		obj = obj.With("code", rawjson.Quote(f.Code))
	}
	if f.Status != 0 {
		obj = obj.With("status", strconv.AppendInt(nil, int64(f.Status), 10))
	}
	return append(out, obj.JSON()...)
}

// pastResult is a result of an earlier run.
type pastResult struct {
	customID []byte
	line     int64
	hash     Hash
	// retry is set if the record is to be sent again: its failure may be temporary, or nothing was sent for it.
	retry  bool
	failed bool
}

// parseResult parses a line of results without its newline; ok is false for any other line. Nearly all lines are
// successes, which parseSuccess recognizes by the beginning and the end alone.
func parseResult(line []byte) (pastResult, bool) {
	if p, ok := parseSuccess(line); ok {
		return p, true
	}
	var wire struct {
		CustomID string `json:"custom_id"`
		Error    *struct {
			Kind      string `json:"kind"`
			Retryable bool   `json:"retryable"`
		} `json:"error"`
		Response json.RawMessage `json:"response"`
		Line     int64           `json:"line"`
		Hash     string          `json:"hash"`
	}
	if json.Unmarshal(line, &wire) != nil || wire.CustomID == "" || wire.Response == nil {
		return pastResult{}, false
	}
	p := pastResult{customID: []byte(wire.CustomID), line: wire.Line}
	if wire.Error != nil {
		p.failed = true
		p.retry = wire.Error.Retryable || wire.Error.Kind == string(failure.Record)
	}
	if sum, err := hex.DecodeString(wire.Hash); err == nil {
		copy(p.hash[:], sum)
	}
	return p, true
}

// parseSuccess parses the line of a success, if it has the exact form that AppendLine writes.
func parseSuccess(line []byte) (p pastResult, ok bool) {
	rest, ok := bytes.CutPrefix(line, []byte(`{"id":"`+idPrefix))
	// After a crash of the machine, blocks that were not yet on disk contain zeros.
	if !ok || len(rest) < 24 || bytes.IndexByte(line, 0) >= 0 {
		return p, false
	}
	if rest, ok = bytes.CutPrefix(rest[24:], []byte(`","custom_id":"`)); !ok {
		return p, false
	}
	end := bytes.IndexByte(rest, '"')
	if end <= 0 || bytes.IndexByte(rest[:end], '\\') >= 0 {
		return p, false
	}
	p.customID = rest[:end]
	tail, ok := bytes.CutSuffix(rest[end:], []byte(`"}`))
	if !ok || len(tail) < 32 {
		return p, false
	}
	if _, err := hex.Decode(p.hash[:], tail[len(tail)-32:]); err != nil {
		return p, false
	}
	tail, ok = bytes.CutSuffix(tail[:len(tail)-32], []byte(`,"hash":"`))
	if !ok {
		return p, false
	}
	if tail, _, ok = cutNumber(tail, `,"attempts":`); !ok {
		return p, false
	}
	if tail, p.line, ok = cutNumber(tail, `,"line":`); !ok {
		return p, false
	}
	return p, bytes.HasSuffix(tail, []byte(`},"error":null`))
}

// cutNumber cuts a key and the number after it from the end of a text.
func cutNumber(text []byte, key string) (rest []byte, n int64, ok bool) {
	digits := len(text)
	for digits > 0 && text[digits-1] >= '0' && text[digits-1] <= '9' {
		digits--
	}
	n, err := strconv.ParseInt(string(text[digits:]), 10, 64)
	rest, ok = bytes.CutSuffix(text[:digits], []byte(key))
	return rest, n, ok && err == nil
}
