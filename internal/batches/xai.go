package batches

import (
	"encoding/json"
	"net/http"
	"time"
)

// xai is xAI's dialect: a batch has counters in place of a status, and its results can be read page by page while it
// runs.
type xai struct{}

type xaiBatch struct {
	ID       string  `json:"batch_id"`
	Name     string  `json:"name"`
	Created  string  `json:"create_time"`
	Expires  string  `json:"expire_time"`
	Cancel   *string `json:"cancel_time"`
	Rejected *string `json:"cancel_by_xai_message"`
	State    struct {
		Requests  int `json:"num_requests"`
		Pending   int `json:"num_pending"`
		Success   int `json:"num_success"`
		Error     int `json:"num_error"`
		Cancelled int `json:"num_cancelled"`
	} `json:"state"`
	Cost struct {
		Ticks int `json:"total_cost_usd_ticks"`
	} `json:"cost_breakdown"`
	InputID string `json:"input_file_id"`
}

func (xai) view(b *batch) any {
	v := xaiBatch{ID: b.id, Name: *b.creation.Name, Created: xaiTime(b.created), Expires: xaiTime(b.expires), InputID: *b.creation.InputID}
	v.State.Requests, v.State.Pending, v.State.Cancelled = b.counts.total, b.counts.pending(), b.counts.cancelled
	v.State.Success, v.State.Error = b.counts.succeeded, b.counts.failed
	v.Cost.Ticks = b.cost
	for _, why := range []status{cancelling, failed} {
		if at, ok := b.since[why]; ok {
			text := xaiTime(at)
			v.Cancel = &text
		}
	}
	if b.problems != nil {
		text := rejection(b.problems[0])
		v.Rejected = &text
	}
	return v
}

func xaiTime(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000000Z") }

// rejection returns the message for the first problem of a file.
func rejection(p problem) string {
	if p.Line == nil {
		return p.Message
	}
	return "JSONL file validation failed: " + p.Message
}

type xaiResult struct {
	ID     string `json:"batch_request_id"`
	Result struct {
		Response *xaiResponse `json:"response,omitempty"`
		Error    xaiCode      `json:"error"`
	} `json:"batch_result"`
	Message string `json:"error_message"`
}

type xaiResponse struct {
	Completion json.RawMessage `json:"chat_get_completion"`
}

// xaiCode is an error by its gRPC code. Beside a response it is empty.
type xaiCode struct {
	Code    int    `json:"code"`
	Message string `json:"message"`
}

func (xai) result(_ *batch, r *record, reply *Reply) []byte {
	line := xaiResult{ID: r.customID}
	if reply.failed() {
		line.Message = reply.reason()
		line.Result.Error = xaiCode{grpcCode(reply.Status), line.Message}
	} else {
		line.Result.Response = &xaiResponse{reply.json()}
	}
	return encode(line)
}

// notRun returns the line of a record of a cancelled batch. An expired batch has no lines for records that were not run.
func (xai) notRun(b *batch, r *record) []byte {
	if b.status != cancelled {
		return nil
	}
	line := xaiResult{ID: r.customID, Message: "The batch was cancelled."}
	line.Result.Error = xaiCode{grpcCode(statusClosed), line.Message}
	return encode(line)
}

func (xai) separatesFailures() bool { return false }

func (xai) checksModels() bool { return true }

// statusClosed marks a request whose client has gone.
const statusClosed = 499

// grpcCode returns gRPC's code for a status.
func grpcCode(status int) int {
	switch status {
	case http.StatusUnauthorized:
		return 16 // unauthenticated
	case http.StatusForbidden:
		return 7 // permission denied
	case http.StatusNotFound:
		return 5 // not found
	case http.StatusConflict:
		return 10 // aborted
	case http.StatusTooManyRequests:
		return 8 // resource exhausted
	case statusClosed:
		return 1 // cancelled
	case http.StatusServiceUnavailable:
		return 14 // unavailable
	case http.StatusGatewayTimeout:
		return 4 // deadline exceeded
	}
	if status >= http.StatusInternalServerError {
		return 13 // internal
	}
	return 3 // invalid argument
}
