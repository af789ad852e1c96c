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

// Result is the content of one line of results.
type Result struct {
	CustomID string
	// Line is the number of the record's line in the input, from 1.
	Line int64
	Hash Hash
	// Cost is the cost of the replies in USD as a decimal number; empty if the server did not report it.
	Cost string
	// Input is the row that the record was, as JSON; nil for another record.
	Input []byte
	// Expect is the verdict of --expect as a JSON boolean; nil without --expect.
	Expect []byte
	// BatchID is the id of the provider's batch that the result comes from; empty for a request of its own.
	BatchID string
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
	// Duration is the time from the start of the first attempt to the end of the last one.
	Duration time.Duration
}

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

// idPrefix begins the ids of results, as in the Batch API; idBytes random bytes follow in hexadecimal.
const (
	idPrefix = "batch_req_"
	idBytes  = 12
)

// LineOverhead is the approximate number of bytes in the line of a result besides its body.
const LineOverhead = 512

// AppendLine appends the result as a line in the output format of the Batch API: id, custom_id, response and error,
// followed by line, attempts, the duration, the cost, the batch, the row and the expectation if there are any, and the hash of
// the request.
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
	if r.BatchID != "" {
		out = rawjson.AppendQuote(append(out, `,"batch_id":`...), r.BatchID)
	}
	if r.Input != nil {
		out = append(append(out, `,"input":`...), r.Input...)
	}
	if r.Expect != nil {
		out = append(append(out, `,"expect":`...), r.Expect...)
	}
	out = append(out, `,"hash":"`...)
	out = hex.AppendEncode(out, r.Hash[:])
	return append(out, "\"}\n"...)
}

// appendID appends the result's id, a checksum of the custom_id, the request's hash and the line number.
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
