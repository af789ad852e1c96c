package conversation

import (
	"context"
	"errors"
	"slices"

	"github.com/chatcmpl/chatcmpl/internal/accept"
	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
	"github.com/chatcmpl/chatcmpl/internal/reply"
	"github.com/chatcmpl/chatcmpl/internal/retry"
)

// Send sends a request and returns its reply.
type Send func(ctx context.Context, req *api.Request) (*reply.Response, error)

// Ask sends a request, and asks again with a complaint until the reply matches the schema or no retry is left. It calls
// discard for each reply that it discards, with the complaint.
func Ask(ctx context.Context, rules *accept.Rules, req *api.Request, send Send, discard func(*reply.Response, string)) (*reply.Response, error) {
	var last *reply.Response
	for left := rules.Retries(); ; left-- {
		resp, err := send(ctx, req)
		if _, notStarted := errors.AsType[*retry.NotStartedError](err); notStarted && last != nil {
			// The run ended before the next attempt, but the last reply is complete.
			return last, nil
		}
		if err != nil || left == 0 {
			return resp, err
		}
		last = resp
		complaint := rules.Complaint(resp)
		if complaint == "" {
			return resp, nil
		}
		discard(resp, complaint)
		req = askAgain(req, resp, complaint)
	}
}

// askAgain returns the request with the reply and a complaint about it at its end.
func askAgain(req *api.Request, resp *reply.Response, complaint string) *api.Request {
	return &api.Request{Fields: req.Fields, Messages: append(slices.Clip(req.Messages),
		message("assistant", resp.Choices[0].Text),
		message("user", complaint+". Answer again, with nothing but JSON that fits the schema."))}
}

func message(role, text string) rawjson.Doc {
	return rawjson.Of(rawjson.Object{{Key: "role", Value: rawjson.Quote(role)}, {Key: "content", Value: rawjson.Quote(text)}}.JSON())
}
