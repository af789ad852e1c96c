// Package sdktest tests that clients accept the embedded endpoint: OpenAI's official SDKs for Go and Node send requests to
// "chatcmpl serve" of the real binary. It is a separate module, so that chatcmpl itself does not depend on the SDK.
package sdktest

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
)

const key = "test-key-12345"

// serve starts "chatcmpl serve" with a required key, and returns the base URL.
func serve(t *testing.T) string {
	t.Helper()
	binary := build(t)
	server := exec.Command(binary, "serve", "--addr", "127.0.0.1:0", "--require-key", "--retry-after", "0", "--replies", "testdata/replies.jsonl")
	server.Env = append(os.Environ(), "CHATCMPL_API_KEY="+key)
	server.Stderr = t.Output()
	out, err := server.StdoutPipe()
	if err == nil {
		err = server.Start()
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = server.Process.Signal(syscall.SIGTERM)
		_ = server.Wait()
	})
	url, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return strings.TrimSpace(url)
}

// client returns a client of the SDK for an endpoint with the given settings.
func client(url, query string, more ...option.RequestOption) openai.Client {
	options := []option.RequestOption{option.WithBaseURL(url), option.WithAPIKey(key)}
	for pair := range strings.SplitSeq(query, "&") {
		if name, value, ok := strings.Cut(pair, "="); ok {
			options = append(options, option.WithQuery(name, value))
		}
	}
	return openai.NewClient(append(options, more...)...)
}

func ask(text string) openai.ChatCompletionNewParams {
	return openai.ChatCompletionNewParams{
		Model:    "grok-4.3",
		Messages: []openai.ChatCompletionMessageParamUnion{openai.UserMessage(text)},
	}
}

func TestSDK(t *testing.T) {
	t.Parallel()
	url := serve(t)
	for name, test := range map[string]func(*testing.T, string){
		"completion": completion, "choices": choices, "stream": stream, "tools": tools, "schema": schema,
		"errors": failures, "retries": retries, "cut": cut, "models": models,
		"pictures": pictures, "refusals": refusals, "shaped": shaped, "streams": streams, "aborts": aborts,
		"batches": batches, "cancelled batch": cancelledBatch,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, url)
		})
	}
}

func completion(t *testing.T, url string) {
	c := client(url, "reasoning=2")
	got, err := c.Chat.Completions.New(t.Context(), ask("one two"))
	if err != nil {
		t.Fatal(err)
	}
	one := got.Choices[0]
	if one.Message.Content != "one two" || one.FinishReason != "stop" || string(one.Message.Role) != "assistant" || got.Model != "grok-4.3" || got.Object != "chat.completion" {
		t.Errorf("%+v", got)
	}
	if u := got.Usage; u.PromptTokens != 2 || u.CompletionTokens != 2 || u.TotalTokens != 6 || u.CompletionTokensDetails.ReasoningTokens != 2 {
		t.Errorf("%+v", u)
	}
	if extra := one.Message.JSON.ExtraFields["reasoning_content"]; extra.Raw() != `"the wire"` {
		t.Errorf("the reasoning: %s", extra.Raw())
	}
	short := ask("one two")
	short.MaxCompletionTokens = openai.Int(1)
	if got, err = c.Chat.Completions.New(t.Context(), short); err != nil || got.Choices[0].FinishReason != "length" || got.Choices[0].Message.Content != "one" {
		t.Errorf("%+v, %v", got, err)
	}
}

func choices(t *testing.T, url string) {
	c := client(url, "")
	params := ask("hi")
	params.N, params.Seed, params.Stop = openai.Int(3), openai.Int(7), openai.ChatCompletionNewParamsStopUnion{OfStringArray: []string{"x"}}
	params.Model = "echo"
	got, err := c.Chat.Completions.New(t.Context(), params)
	if err != nil || len(got.Choices) != 3 {
		t.Fatal(got, err)
	}
	for i, choice := range got.Choices {
		if choice.Index != int64(i) || choice.Message.Content != "hi" {
			t.Errorf("%+v", choice)
		}
	}
}

func stream(t *testing.T, url string) {
	c := client(url, "")
	params := ask("one two three")
	params.N = openai.Int(2)
	params.StreamOptions.IncludeUsage = openai.Bool(true)
	live := c.Chat.Completions.NewStreaming(t.Context(), params)
	var acc openai.ChatCompletionAccumulator
	chunks := 0
	for live.Next() {
		if chunks++; !acc.AddChunk(live.Current()) {
			t.Fatalf("the accumulator refuses %s", live.Current().RawJSON())
		}
	}
	// Two choices with three deltas and an end each, and one chunk of usage.
	if live.Err() != nil || chunks != 9 || len(acc.Choices) != 2 || acc.Usage.TotalTokens != 9 {
		t.Fatalf("%d chunks, %+v, %v", chunks, acc.ChatCompletion, live.Err())
	}
	for _, choice := range acc.Choices {
		if choice.Message.Content != "one two three" || choice.FinishReason != "stop" {
			t.Errorf("%+v", choice)
		}
	}
}

// tools lets the model call functions, answers the calls, and receives the text that repeats the answers.
func tools(t *testing.T, url string) {
	c := client(url, "")
	parameters := openai.FunctionParameters{
		"type": "object", "required": []string{"city"}, "properties": map[string]any{"city": map[string]string{"type": "string"}},
	}
	params := ask(`get_weather {"city":"Ulm"}, and get_time`)
	params.Tools = []openai.ChatCompletionToolUnionParam{
		openai.ChatCompletionFunctionTool(openai.FunctionDefinitionParam{Name: "get_weather", Parameters: parameters}),
		openai.ChatCompletionFunctionTool(openai.FunctionDefinitionParam{Name: "get_time", Parameters: parameters}),
	}
	live := c.Chat.Completions.NewStreaming(t.Context(), params)
	var acc openai.ChatCompletionAccumulator
	finished := 0
	for live.Next() {
		acc.AddChunk(live.Current())
		if _, ok := acc.JustFinishedToolCall(); ok {
			finished++
		}
	}
	if live.Err() != nil || finished != 2 || acc.Choices[0].FinishReason != "tool_calls" {
		t.Fatalf("%d calls, %+v, %v", finished, acc.Choices, live.Err())
	}
	params.Messages = append(params.Messages, acc.Choices[0].Message.ToParam())
	for _, call := range acc.Choices[0].Message.ToolCalls {
		var arguments struct{ City string }
		if err := json.Unmarshal([]byte(call.Function.Arguments), &arguments); err != nil || arguments.City == "" {
			t.Errorf("%s: %v", call.Function.Arguments, err)
		}
		params.Messages = append(params.Messages, openai.ToolMessage(call.Function.Name+" of "+arguments.City, call.ID))
	}
	got, err := c.Chat.Completions.New(t.Context(), params)
	if err != nil || !strings.HasPrefix(got.Choices[0].Message.Content, "get_weather of Ulm\nget_time of ") || len(got.Choices[0].Message.ToolCalls) > 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

func schema(t *testing.T, url string) {
	c := client(url, "")
	params := ask("a person, please")
	params.ResponseFormat.OfJSONSchema = &openai.ResponseFormatJSONSchemaParam{
		JSONSchema: openai.ResponseFormatJSONSchemaJSONSchemaParam{
			Name: "person", Strict: openai.Bool(true), Schema: map[string]any{
				"type": "object", "required": []string{"name", "age"}, "additionalProperties": false,
				"properties": map[string]any{"name": map[string]any{"type": "string", "minLength": 1}, "age": map[string]any{"type": "integer", "minimum": 18}},
			},
		},
	}
	got, err := c.Chat.Completions.New(t.Context(), params)
	if err != nil {
		t.Fatal(err)
	}
	var person struct {
		Name string
		Age  int
	}
	if err := json.Unmarshal([]byte(got.Choices[0].Message.Content), &person); err != nil || person.Name == "" || person.Age < 18 {
		t.Errorf("%s: %v", got.Choices[0].Message.Content, err)
	}
}

// failures checks errors in xAI's format, whose field "error" is a string. The SDK can't decode it, so the test reads
// the body itself. A scripted error in OpenAI's format is one that the SDK understands.
func failures(t *testing.T, url string) {
	for _, c := range []struct {
		query, model, key string
		status            int
		code, want        string
	}{
		{"", "gpt-0", key, 404, "not-found", "The model gpt-0 does not exist"},
		{"", "echo", "another-key-1", 400, "invalid-argument", "Incorrect API key provided: an***-1."},
		{"latencey=1s", "echo", key, 400, "invalid-argument", `has no setting "latencey"`},
		{"status=403", "echo", key, 403, "permission-denied", "Content violates usage guidelines."},
		{"status=503", "echo", key, 503, "The service is currently unavailable", "at capacity"},
	} {
		status, body := 0, struct{ Code, Error string }{}
		see := option.WithMiddleware(func(r *http.Request, next option.MiddlewareNext) (*http.Response, error) {
			resp, err := next(r)
			if err != nil {
				return nil, err
			}
			status = resp.StatusCode
			raw, err := io.ReadAll(resp.Body)
			resp.Body = io.NopCloser(bytes.NewReader(raw))
			return resp, errors.Join(err, json.Unmarshal(raw, &body))
		})
		cl := client(url, c.query, option.WithMaxRetries(0), option.WithAPIKey(c.key), see)
		params := ask("hi")
		params.Model = c.model
		if _, err := cl.Chat.Completions.New(t.Context(), params); err == nil || status != c.status || body.Code != c.code || !strings.Contains(body.Error, c.want) {
			t.Errorf("%s %s: %d %+v, %v", c.query, c.model, status, body, err)
		}
	}
	cl := client(url, "", option.WithMaxRetries(0))
	_, err := cl.Chat.Completions.New(t.Context(), ask("fail as OpenAI does"))
	refused, ok := errors.AsType[*openai.Error](err)
	if !ok || refused.StatusCode != http.StatusTooManyRequests || refused.Code != "rate_limit_exceeded" || refused.Message != "slow down" {
		t.Errorf("%#v", err)
	}
}

func retries(t *testing.T, url string) {
	for i, query := range []string{"status=429&first=1", "status=503&first=2", "reset=true&first=1"} {
		c := client(url, query)
		attempts := 0
		count := option.WithMiddleware(func(r *http.Request, next option.MiddlewareNext) (*http.Response, error) {
			attempts++
			return next(r)
		})
		got, err := c.Chat.Completions.New(t.Context(), ask("hi"), count)
		if want := []int{2, 3, 2}[i]; err != nil || attempts != want || got.Choices[0].Message.Content != "hi" {
			t.Errorf("%s: %d attempts, %v", query, attempts, err)
		}
	}
}

// cut checks streams that end with an error.
func cut(t *testing.T, url string) {
	for query, want := range map[string]string{"cut=1": "unexpected EOF", "error=1": "Timed out waiting for first token"} {
		c := client(url, query)
		live := c.Chat.Completions.NewStreaming(context.Background(), ask("one two"))
		text := ""
		for live.Next() {
			for _, choice := range live.Current().Choices {
				text += choice.Delta.Content
			}
		}
		if text != "one" || !strings.Contains(fmt.Sprint(live.Err()), want) {
			t.Errorf("%s: %q, %v", query, text, live.Err())
		}
	}
}

func models(t *testing.T, url string) {
	c := client(url, "")
	var names []string
	for pages := c.Models.ListAutoPaging(t.Context()); pages.Next(); {
		names = append(names, pages.Current().ID)
	}
	if got := strings.Join(names, " "); got != "echo lorem grok-4.3" {
		t.Error(got)
	}
	one, err := c.Models.Get(t.Context(), "grok-4.3")
	if err != nil || one.OwnedBy != "xai" || one.Object != "model" {
		t.Errorf("%+v, %v", one, err)
	}
}
