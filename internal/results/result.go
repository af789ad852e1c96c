package results

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"strconv"
	"time"

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
	// Cost is what the replies cost in USD, as a decimal number; empty where the server did not tell it.
	Cost string
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
	// Duration is the time from the start of the first attempt to the end of the last one.
	Duration time.Duration
}

// idPrefix begins the id of each result, as the Batch API's own do; so many bytes follow in hexadecimal.
const (
	idPrefix = "batch_req_"
	idBytes  = 12
)

// LineRoom is about as many bytes as a result's line has beside its body.
const LineRoom = 512

// AppendLine appends the result as a line of the Batch API's output: id, custom_id,
// response and error, then line, attempts, the duration, the cost where it is known, and the hash of the request.
func (r *Result) AppendLine(out []byte) []byte {
	out = append(out, `{"id":`...)
	out = r.appendID(out)
	out = append(out, `,"custom_id":`...)
	out = rawjson.AppendQuote(out, r.CustomID)
	out = append(out, `,"response":`...)
	out = r.appendResponse(out)
	out = append(out, `,"error":`...)
	out = appendFailure(out, r.Failure)
	out = append(out, `,"line":`...)
	out = strconv.AppendInt(out, r.Line, 10)
	out = append(out, `,"attempts":`...)
	out = strconv.AppendInt(out, int64(r.Attempts), 10)
	out = append(out, `,"duration_ms":`...)
	out = strconv.AppendInt(out, r.Duration.Milliseconds(), 10)
	if r.Cost != "" {
		out = append(append(out, `,"cost_in_usd":`...), r.Cost...)
	}
	out = append(out, `,"hash":"`...)
	out = hex.AppendEncode(out, r.Hash[:])
	return append(out, "\"}\n"...)
}

// appendID appends the result's id, which is a sum of what names its record and its request.
func (r *Result) appendID(out []byte) []byte {
	start := len(out)
	sum := sha256.Sum256(binary.BigEndian.AppendUint64(append(append(out, r.CustomID...), r.Hash[:]...), uint64(r.Line))[start:])
	out = append(out[:start], `"`+idPrefix...)
	out = hex.AppendEncode(out, sum[:idBytes])
	return append(out, '"')
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
