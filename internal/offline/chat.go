package offline

import (
	"cmp"

	"github.com/chatcmpl/chatcmpl/internal/faults"
)

// chatCompletion decides how a request for a chat completion is answered.
func (e *Endpoint) chatCompletion(x *exchange) answer {
	x.has |= faults.Chat
	q, err := e.readRequest(x)
	if err != nil {
		return refuse(err)
	}
	return e.complete(x, q)
}

// complete decides how a request that was read and checked is answered.
func (e *Endpoint) complete(x *exchange, q *chatRequest) answer {
	if err := x.session.Prompt(q.prompt.tokens()); err != nil {
		x.announceRetry()
		return refuse(err)
	}
	rule := e.replies.find(q.model, q.last("user").text)
	switch {
	case rule != nil && rule.failure != nil:
		return rule.failure.write
	case x.faults.Refusal != "":
		return e.reply(x, q, &completion{refusal: x.faults.Refusal})
	case rule != nil:
		return e.reply(x, q, rule.completion)
	}
	c, err := q.complete(x.session.Settings, x.identity)
	if err != nil {
		return refuse(err)
	}
	x.has |= q.modelHas(c)
	return e.reply(x, q, c)
}

// modelHas describes a completion that the model itself has written.
func (q *chatRequest) modelHas(c *completion) faults.Needs {
	has := faults.Model
	if q.model == Lorem && c.calls == nil {
		has |= faults.Lorem
	}
	if q.format.schema != nil && c.calls == nil {
		has |= faults.Schema
	}
	return has
}

func (e *Endpoint) readRequest(x *exchange) (*chatRequest, error) {
	q, err := decodeRequest(x.body)
	if err != nil {
		return nil, err
	}
	if err := q.check(x.session.AnyEffort); err != nil {
		return nil, err
	}
	if err := e.models.check(q.model); err != nil {
		return nil, err
	}
	q.prompt = measurePrompt(q.messages, x.session.Cached)
	if limit := x.session.TooLong; limit > 0 && q.prompt.tokens() > limit {
		return nil, tooLong(limit, q.prompt.tokens())
	}
	return q, nil
}

// reply sends a completion in the way that the request asks for.
func (e *Endpoint) reply(x *exchange, q *chatRequest, c *completion) answer {
	own := *c
	own.finish = cmp.Or(x.faults.Finish, c.finish)
	r := newReply(q, x.identity.replyID(), &own)
	if q.logprobs && r.text != "" {
		x.has |= faults.Logprobs
	}
	if q.logprobs && x.session.Logprobs {
		r.top = q.top()
	}
	x.session.Complete(r.usage.TotalTokens - r.usage.PromptTokens)
	x.announceLimits(r.usage.TotalTokens)
	x.cost = r.usage.CostTicks
	x.has |= faults.Completion
	if q.deferred {
		e.deferred.keep(r)
		return sendJSON(map[string]string{"request_id": r.id})
	}
	r.describe(x)
	if q.stream {
		x.has |= faults.Stream
		return func(x *exchange) { r.stream(x, q.includeUsage) }
	}
	return r.write
}
