package batches

import (
	"encoding/json"
	"strconv"
	"time"
)

// openAI is OpenAI's dialect: a batch has a status, and its results are two files that are there when it has ended.
type openAI struct{}

type openAIBatch struct {
	ID         string          `json:"id"`
	Object     string          `json:"object"`
	Endpoint   string          `json:"endpoint"`
	Errors     *openAIProblems `json:"errors"`
	InputID    string          `json:"input_file_id"`
	Window     string          `json:"completion_window"`
	Status     status          `json:"status"`
	OutputID   *string         `json:"output_file_id"`
	ErrorID    *string         `json:"error_file_id"`
	Created    int64           `json:"created_at"`
	InProgress *int64          `json:"in_progress_at"`
	Expires    int64           `json:"expires_at"`
	Finalizing *int64          `json:"finalizing_at"`
	Completed  *int64          `json:"completed_at"`
	Failed     *int64          `json:"failed_at"`
	Expired    *int64          `json:"expired_at"`
	Cancelling *int64          `json:"cancelling_at"`
	Cancelled  *int64          `json:"cancelled_at"`
	Counts     openAICounts    `json:"request_counts"`
	Metadata   json.RawMessage `json:"metadata"`
}

type openAIProblems struct {
	Object string    `json:"object"`
	Data   []problem `json:"data"`
}

type openAICounts struct {
	Total     int `json:"total"`
	Completed int `json:"completed"`
	Failed    int `json:"failed"`
}

func (openAI) view(b *batch) any {
	v := openAIBatch{
		ID: b.id, Object: "batch", Endpoint: *b.creation.Endpoint, InputID: *b.creation.InputID, Window: *b.creation.Window,
		Status: b.status, OutputID: orNull(b.outputFile), ErrorID: orNull(b.failuresFile),
		Created: b.created.Unix(), Expires: b.expires.Unix(),
		Counts: openAICounts{b.counts.total, b.counts.succeeded, b.counts.failed}, Metadata: b.creation.Metadata,
	}
	for to, at := range map[status]**int64{
		inProgress: &v.InProgress, finalizing: &v.Finalizing, completed: &v.Completed, failed: &v.Failed,
		expired: &v.Expired, cancelling: &v.Cancelling, cancelled: &v.Cancelled,
	} {
		if t, ok := b.since[to]; ok {
			*at = seconds(t)
		}
	}
	if b.problems != nil {
		v.Errors = &openAIProblems{"list", b.problems}
	}
	return v
}

func seconds(t time.Time) *int64 {
	n := t.Unix()
	return &n
}

func orNull(id string) *string {
	if id == "" {
		return nil
	}
	return &id
}

type openAIResult struct {
	ID       string          `json:"id"`
	CustomID string          `json:"custom_id"`
	Response *openAIResponse `json:"response"`
	Error    *openAINotRun   `json:"error"`
}

type openAIResponse struct {
	Status    int             `json:"status_code"`
	RequestID string          `json:"request_id"`
	Body      json.RawMessage `json:"body"`
}

// openAINotRun gives the reason why a record was not run.
type openAINotRun struct {
	Code    status `json:"code"`
	Message string `json:"message"`
}

func newOpenAIResult(b *batch, r *record) openAIResult {
	return openAIResult{ID: "batch_req_" + b.id + "_" + strconv.Itoa(r.nth), CustomID: r.customID}
}

func (openAI) result(b *batch, r *record, reply *Reply) []byte {
	line := newOpenAIResult(b, r)
	line.Response = &openAIResponse{reply.Status, reply.RequestID, reply.json()}
	return encode(line)
}

func (openAI) notRun(b *batch, r *record) []byte {
	line := newOpenAIResult(b, r)
	line.Error = &openAINotRun{"batch_" + b.status, "This request was not executed before the batch was " + string(b.status) + "."}
	return encode(line)
}

func (openAI) separatesFailures() bool { return true }
func (openAI) checksModels() bool      { return false }
