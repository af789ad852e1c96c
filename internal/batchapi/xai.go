package batchapi

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// xai speaks the dialect of xAI.
type xai struct{ base }

// xaiPage is the number of results that is asked for at a time.
const xaiPage = 1000

// Limits implements Client. xAI's documents give limits of a file's size between 48 and 200 MB.
func (x *xai) Limits() Limits { return Limits{Lines: 50_000, Bytes: 48_000_000, Line: 25_000_000} }

// Create implements Client.
func (x *xai) Create(ctx context.Context, name, fileID string) (id string, err error) {
	return x.id(ctx, post("batches", rawjson.Object{
		{Key: "name", Value: rawjson.Quote(name)},
		{Key: "input_file_id", Value: rawjson.Quote(fileID)},
	}), "batch_id", "id")
}

// Find implements Client.
func (x *xai) Find(ctx context.Context, fileID string, known func(id string) bool) (id string, err error) {
	return x.find(ctx, &list{path: "batches", name: "batches", cursor: "pagination_token", next: nextToken}, fileID, known)
}

// nextToken returns the cursor of xAI's pages.
func nextToken(rest, _ rawjson.Object) (string, error) { return idOf(rest, "pagination_token"), nil }

// Status implements Client. xAI has no word for the state, so it follows from the counters and times.
func (x *xai) Status(ctx context.Context, id string) (*Status, error) {
	obj, after, err := x.timed(ctx, get(batchPath(id), nil))
	if err != nil {
		return nil, err
	}
	state := rawjson.Known(obj.Get("state"))
	s := &Status{Total: count(state.Get("num_requests")), Failed: count(state.Get("num_error")), Ticks: -1, After: after}
	pending := count(state.Get("num_pending"))
	s.Done = max(0, s.Total-pending)
	s.Results = count(state.Get("num_success"))
	expires := obj.Get("expire_time")
	// A bare date names no time zone, so the batch may end up to a day after it does in UTC.
	if s.Until = timeOf(expires); isDate(expires) && !s.Until.IsZero() {
		s.Until = s.Until.Add(24 * time.Hour)
	}
	if cost := rawjson.Known(obj.Get("cost_breakdown")).Get("total_cost_usd_ticks"); cost != nil && string(cost) != "null" {
		s.Ticks = count(cost)
	}
	s.Words = strings.TrimSpace(text(obj.Get("cancel_by_xai_message")))
	s.Busy = isBusy("", s.Words)
	isCanceled := !timeOf(obj.Get("cancel_time")).IsZero() || s.Words != ""
	switch {
	case pending > 0:
	case s.Words != "":
		s.End = Rejected
	case isCanceled:
		s.End = Canceled
	case !s.Until.IsZero() && time.Now().After(s.Until):
		s.End = Expired
	case s.Total > 0:
		// Just after the creation all counters are 0.
		s.End = Completed
		s.Results += s.Failed
	}
	s.inferred = s.End != Running
	return s, nil
}

// Cancel implements Client.
func (x *xai) Cancel(ctx context.Context, id string) error {
	return x.end(ctx, post(batchPath(id)+":cancel", nil))
}

// Results implements Client.
func (x *xai) Results(ctx context.Context, id string, s *Status, each func(*Result) error) error {
	results := &list{
		path: batchPath(id) + "/results", name: "results", cursor: "pagination_token", size: xaiPage, most: int(x.Limits().Lines), next: nextToken,
	}
	err := x.pages(ctx, results, func(raw json.RawMessage) error { return each(xaiResult(raw)) })
	switch {
	case errors.Is(err, errCycle):
		// The last page may name itself. The counters tell whether all results came.
		return nil
	case s.Results == 0 && errors.Is(err, errNoList):
		return nil
	}
	return err
}

// xaiResult reads one result. An error with code 0 and no message stands beside a reply.
func xaiResult(raw json.RawMessage) *Result {
	obj := rawjson.Known(raw)
	r := &Result{CustomID: text(obj.Get("batch_request_id"))}
	if r.CustomID == "" {
		r.CustomID = text(obj.Get("custom_id"))
	}
	inner := rawjson.Known(obj.Get("batch_result"))
	body := rawjson.Known(inner.Get("response")).Get("chat_get_completion")
	message, failed := obj.Get("error_message"), inner.Get("error")
	detail := rawjson.Known(failed)
	switch code := count(detail.Get("code")); {
	case code != 0:
		r.Err = rpcError(code, failed)
	case text(detail.Get("code")) != "" && complains(failed) && !isObject(body):
		r.Err = codeError(failed)
	case text(failed) != "":
		r.Err = refused(failed)
	case text(message) != "":
		r.Err = refused(message)
	case text(detail.Get("message")) != "" && !isObject(body):
		r.Err = refused(failed)
	case !isObject(body):
		r.Err = noReply()
	default:
		r.Status, r.Body = http.StatusOK, body
	}
	return r
}
