package sdktest

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
)

// picture is a gray PNG of 8 by 8 pixels.
const picture = "data:image/png;base64," +
	"iVBORw0KGgoAAAANSUhEUgAAAAgAAAAICAAAAADhZOFXAAAADklEQVR4nGNgGAWDFwAAAUgAAW4hZJcAAAAASUVORK5CYII="

func askAbout(pictureURL string) openai.ChatCompletionNewParams {
	params := ask("")
	params.Messages = []openai.ChatCompletionMessageParamUnion{openai.UserMessage([]openai.ChatCompletionContentPartUnionParam{
		openai.TextContentPart("what"),
		openai.ImageContentPart(openai.ChatCompletionContentPartImageImageURLParam{URL: pictureURL}),
	})}
	return params
}

// seeing keeps the status of the last response: the SDK can't decode xAI's errors, whose field "error" is a string.
func seeing(status *int) option.RequestOption {
	return option.WithMiddleware(func(r *http.Request, next option.MiddlewareNext) (*http.Response, error) {
		resp, err := next(r)
		if err == nil {
			*status = resp.StatusCode
		}
		return resp, err
	})
}

func pictures(t *testing.T, url string) {
	status := 0
	c := client(url, "", option.WithMaxRetries(0), seeing(&status))
	got, err := c.Chat.Completions.New(t.Context(), askAbout(picture))
	if err != nil || got.Choices[0].Message.Content != "what\n1 picture: [image/png 8x8]" {
		t.Errorf("%+v, %v", got, err)
	}
	if _, err = c.Chat.Completions.New(t.Context(), askAbout("data:image/png;base64,AAAA")); err == nil || status != http.StatusBadRequest {
		t.Errorf("%d, %v", status, err)
	}
}

// refusals checks the status of each documented cause of failure.
func refusals(t *testing.T, url string) {
	for query, want := range map[string]int{
		"credits=403": 403, "credits=429": 429, "blocked=key": 403, "blocked=team": 403, "too-long=1": 400,
		"status=401": 401, "status=409": 409, "status=422": 422, "status=500": 500,
	} {
		status := 0
		c := client(url, query, option.WithMaxRetries(0), seeing(&status))
		if _, err := c.Chat.Completions.New(t.Context(), ask("one two")); err == nil || status != want {
			t.Errorf("%s: %d, %v", query, status, err)
		}
	}
}

// shaped checks replies that settings shape.
func shaped(t *testing.T, url string) {
	for query, want := range map[string]string{
		"cached=1": "one two stop 1", "finish=content_filter": "one two content_filter 0", "refusal=No.": " stop 0",
	} {
		c := client(url, query)
		got, err := c.Chat.Completions.New(t.Context(), ask("one two"))
		if err != nil {
			t.Fatal(query, err)
		}
		one := got.Choices[0]
		if told := fmt.Sprint(one.Message.Content, " ", one.FinishReason, " ", got.Usage.PromptTokensDetails.CachedTokens); told != want {
			t.Errorf("%s: %s", query, told)
		}
	}
	c := client(url, "logprobs=true")
	params := ask("one two")
	params.Logprobs, params.TopLogprobs = openai.Bool(true), openai.Int(2)
	got, err := c.Chat.Completions.New(t.Context(), params)
	if err != nil || len(got.Choices[0].Logprobs.Content) != 2 || len(got.Choices[0].Logprobs.Content[0].TopLogprobs) != 2 {
		t.Errorf("%+v, %v", got, err)
	}
}

// streams checks streams that settings shape.
func streams(t *testing.T, url string) {
	for _, query := range []string{"no-done=true", "latency=50ms&keep-alive=5ms", "pieces=4"} {
		c := client(url, query)
		params := ask(`f {"city":"Ulm"}`)
		params.Tools = []openai.ChatCompletionToolUnionParam{
			openai.ChatCompletionFunctionTool(openai.FunctionDefinitionParam{Name: "f"}),
		}
		live := c.Chat.Completions.NewStreaming(t.Context(), params)
		var acc openai.ChatCompletionAccumulator
		for live.Next() {
			acc.AddChunk(live.Current())
		}
		if live.Err() != nil || acc.Choices[0].Message.ToolCalls[0].Function.Arguments != `{"city":"Ulm"}` {
			t.Errorf("%s: %+v, %v", query, acc.Choices, live.Err())
		}
	}
}

// aborts ends a request and a stream before they are over.
func aborts(t *testing.T, url string) {
	for _, query := range []string{"latency=5s", "gap=5s"} {
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		c := client(url, query)
		live := c.Chat.Completions.NewStreaming(ctx, ask("one two"))
		for live.Next() {
		}
		if !errors.Is(live.Err(), context.DeadlineExceeded) {
			t.Errorf("%s: %v", query, live.Err())
		}
		cancel()
	}
}
