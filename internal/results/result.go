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

// Hash is the beginning of the SHA-256 of a request's body; zero where nothing was sent.
type Hash [16]byte

// HashOf returns the hash of a request's body.
func HashOf(doc rawjson.Doc) (sum Hash) {
	if raw, ok := doc.Literal(); ok {
		whole := sha256.Sum256(raw)
		copy(sum[:], whole[:])
		return sum
	}
	h := sha256.New()
	// A hash takes every byte.
	_, _ = doc.WriteTo(h)
	copy(sum[:], h.Sum(nil))
	return sum
}

// Result is what a line of results says about its record.
type Result struct {
	CustomID string
	// Line is the record's line in the input, from 1.
	Line int64
	Hash Hash
	Response
}

// Response is what became of a record's request.
type Response struct {
	// Status, RequestID and Body are the server's response; Status is 0 where there was none. Body is JSON on one line, nil
	// where it was none.
	Status    int
	RequestID string
	Body      []byte
	// Failure is nil for an acceptable reply.
	Failure *failure.Report
	// Attempts counts the requests that were sent.
	Attempts int
}

// idPrefix begins the id of each result, as the Batch API's own do.
const idPrefix = "batch_req_"

// LineRoom is about as many bytes as a result's line has beside its body.
const LineRoom = 512

// AppendLine appends the result as a line of the Batch API's output: id, custom_id,
// response and error, then line, attempts and the hash of the request.
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

// past is a result that was read back.
type past struct {
	customID []byte
	line     int64
	hash     Hash
	// again marks a record that is to be done again: it failed in a way that may pass, or nothing was sent for it.
	again  bool
	failed bool
}

// parseResult reads a line of results without its end; ok is false for any other line. Lines of good results, which are
// nearly all, are recognized by their two ends alone.
func parseResult(line []byte) (past, bool) {
	if p, ok := parseGood(line); ok {
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
		return past{}, false
	}
	p := past{customID: []byte(wire.CustomID), line: wire.Line}
	if wire.Error != nil {
		p.failed = true
		p.again = wire.Error.Retryable || wire.Error.Kind == string(failure.Record)
	}
	if sum, err := hex.DecodeString(wire.Hash); err == nil {
		copy(p.hash[:], sum)
	}
	return p, true
}

// parseGood reads the line of a good result as AppendLine writes it.
func parseGood(line []byte) (p past, ok bool) {
	rest, ok := bytes.CutPrefix(line, []byte(`{"id":"`+idPrefix))
	// Zeros are what a crash of the machine leaves of a block that was not yet on disk.
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

// cutNumber cuts a key and the number after it from the end.
func cutNumber(text []byte, key string) (rest []byte, n int64, ok bool) {
	digits := len(text)
	for digits > 0 && text[digits-1] >= '0' && text[digits-1] <= '9' {
		digits--
	}
	n, err := strconv.ParseInt(string(text[digits:]), 10, 64)
	rest, ok = bytes.CutSuffix(text[:digits], []byte(key))
	return rest, n, ok && err == nil
}
