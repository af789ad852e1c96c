package console

import (
	"strconv"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// Fail prints an error as text or JSON and returns its exit code, which is failure.Success for nil.
func (c *Console) Fail(err error) int {
	if err == nil {
		return failure.Success
	}
	report := failure.Of(err)
	switch {
	case report.Message == "":
	case c.JSON:
		c.Line(string(c.json(&report)))
	default:
		c.print(&report)
	}
	return report.ExitCode()
}

func (c *Console) print(r *failure.Report) {
	lines := r.Details
	if lines == nil {
		lines = []string{r.Message}
		if r.RequestID != "" {
			lines[0] += " [request id " + OneLine(r.RequestID, MaxName) + "]"
		}
	}
	prefix := "chatcmpl: "
	for _, line := range lines {
		c.Line(prefix + c.OneLine(line, maxMessage))
		prefix = "  "
	}
	if r.Hint != "" {
		c.writePrefixed("hint", r.Hint)
	}
}

func (c *Console) json(r *failure.Report) []byte {
	obj := rawjson.Object{
		{Key: "kind", Value: c.quote(string(r.Kind))},
		{Key: "message", Value: c.quote(r.Message)},
		{Key: "exit_code", Value: strconv.AppendInt(nil, int64(r.ExitCode()), 10)},
		{Key: "status", Value: []byte("null")},
		{Key: "code", Value: []byte("null")},
		{Key: "request_id", Value: []byte("null")},
		{Key: "retryable", Value: strconv.AppendBool(nil, r.Retryable)},
	}
	if r.Status != 0 {
		obj = obj.With("status", strconv.AppendInt(nil, int64(r.Status), 10))
	}
	if r.Code != "" {
		obj = obj.With("code", c.quote(r.Code))
	}
	if r.RequestID != "" {
		obj = obj.With("request_id", c.quote(r.RequestID))
	}
	if r.RetryAfter > 0 {
		obj = obj.With("retry_after", strconv.AppendFloat(nil, r.RetryAfter.Seconds(), 'f', -1, 64))
	}
	return obj.JSON()
}

func (c *Console) quote(text string) []byte { return rawjson.Quote(c.OneLine(text, maxMessage)) }
