package offline

import (
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/serde"
)

// decodeRequest reads a request and checks the types of its fields, as serde does before the API sees a request.
func decodeRequest(body []byte) (*chatRequest, error) {
	root, err := serde.Parse(body)
	if err != nil {
		return nil, err
	}
	q := &chatRequest{parallel: true}
	return q, root.Object(
		"struct ChatRequest",
		serde.Optional("model", serde.Text(&q.model)),
		serde.Optional("messages", serde.List(&q.messages, (*message).decode)),
		serde.Optional("n", serde.Integer(&q.n)),
		serde.Optional("seed", serde.Integer(&q.seed)),
		serde.Optional("max_tokens", serde.Integer(&q.maxTokens)),
		serde.Optional("max_completion_tokens", serde.Integer(&q.maxCompletionTokens)),
		serde.Optional("logprobs", serde.Boolean(&q.logprobs)),
		serde.Optional("top_logprobs", serde.Integer(&q.topLogprobs)),
		serde.Optional("temperature", serde.Number(&q.temperature)),
		serde.Optional("top_p", serde.Number(&q.topP)),
		serde.Optional("presence_penalty", serde.Number(&q.presence)),
		serde.Optional("frequency_penalty", serde.Number(&q.frequency)),
		serde.Optional("stop", q.decodeStop),
		serde.Optional("stream", serde.Boolean(&q.stream)),
		serde.Optional("stream_options", q.decodeStreamOptions),
		serde.Optional("tools", serde.List(&q.tools, (*tool).decode)),
		serde.Optional("tool_choice", q.decodeToolChoice),
		serde.Optional("parallel_tool_calls", serde.Boolean(&q.parallel)),
		serde.Optional("response_format", q.decodeFormat),
		serde.Optional("reasoning_effort", serde.Text(&q.effort)),
		serde.Optional("deferred", serde.Boolean(&q.deferred)),
		serde.Optional("search_parameters", q.decodeSearch),
		serde.Optional("service_tier", serde.IsText),
		serde.Optional("user", serde.IsText),
		serde.Optional("prompt_cache_key", serde.IsText),
		serde.Optional("safety_identifier", serde.IsText),
	)
}

func (q *chatRequest) decodeSearch(v serde.Value) error {
	q.search = true
	return v.Object("struct SearchParameters")
}

func (q *chatRequest) decodeStop(v serde.Value) error {
	if v.Kind() == '"' {
		q.stop = make([]string, 1)
		return serde.Text(&q.stop[0])(v)
	}
	return serde.List(&q.stop, func(s *string, element serde.Value) error { return serde.Text(s)(element) })(v)
}

func (q *chatRequest) decodeStreamOptions(v serde.Value) error {
	return v.Object("struct StreamOptions", serde.Optional("include_usage", serde.Boolean(&q.includeUsage)))
}

func (m *message) decode(v serde.Value) error {
	return v.Object(
		"struct Message",
		serde.Required("role", serde.Text(&m.role)),
		serde.Optional("content", m.decodeContent),
		serde.Optional("tool_calls", m.decodeCalls),
		serde.Optional("name", serde.IsText),
		serde.Optional("tool_call_id", serde.IsText),
		serde.Optional("reasoning_content", serde.IsText),
		serde.Optional("refusal", serde.IsText),
	)
}

// decodeContent reads a content, which is a text or a list of parts.
func (m *message) decodeContent(v serde.Value) error {
	switch v.Kind() {
	case '"':
		m.parts = 1
		return serde.Text(&m.text)(v)
	case '[':
		err := v.Elements(m.decodePart)
		m.text = strings.Join(m.texts, "")
		return err
	default:
		return v.WrongType("a string or a sequence")
	}
}

// decodePart reads one part of a content. The part's type may stand behind the member that it announces.
func (m *message) decodePart(v serde.Value) error {
	m.parts++
	var kind serde.Tag
	if err := v.Object("struct ContentPart", serde.Required("type", kind.Decode)); err != nil {
		return err
	}
	switch kind.Name {
	case "text":
		return v.Object("struct TextPart", serde.Required("text", m.decodeText))
	case "image_url":
		return v.Object("struct ImagePart", serde.Required("image_url", m.decodeImage))
	case "file":
		m.files++
		return v.Object("struct FilePart", serde.Required("file", decodeFile))
	}
	return kind.Check("text", "image_url", "file")
}

func (m *message) decodeText(v serde.Value) error {
	m.texts = append(m.texts, "")
	return serde.Text(&m.texts[len(m.texts)-1])(v)
}

func (m *message) decodeImage(v serde.Value) error {
	return v.Object(
		"struct ImageUrl",
		serde.Required("url", m.decodeURL),
		serde.Optional("detail", serde.Variant(new(string), "auto", "low", "high")),
	)
}

func (m *message) decodeURL(v serde.Value) error {
	if v.Kind() != '"' {
		return v.WrongType("a string")
	}
	m.urls = append(m.urls, v)
	return nil
}

func decodeFile(v serde.Value) error {
	return v.Object("struct File", serde.Optional("file_id", serde.IsText), serde.Optional("url", serde.IsText))
}

func (m *message) decodeCalls(v serde.Value) error {
	return v.Elements(func(call serde.Value) error {
		m.calls = true
		return call.Object(
			"struct ToolCall",
			serde.Required("id", serde.IsText),
			serde.Optional("type", serde.IsText),
			serde.Required("function", decodeCalled),
		)
	})
}

func decodeCalled(v serde.Value) error {
	return v.Object("struct FunctionCall", serde.Required("name", serde.IsText), serde.Required("arguments", serde.IsText))
}

// decode reads a tool. xAI's own live_search was given up, but is still a known type.
func (t *tool) decode(v serde.Value) error {
	kind, declared := "", false
	isType := serde.Variant(&kind, "function", "live_search")
	err := v.Object("struct Tool", serde.Required("type", isType), serde.Optional("function", func(member serde.Value) error {
		declared = true
		return member.Object(
			"struct FunctionDefinition",
			serde.Required("name", serde.Text(&t.name)),
			serde.Optional("description", serde.IsText),
			serde.Optional("strict", serde.IsBoolean),
			serde.Optional("parameters", serde.Raw(&t.parameters)),
		)
	}))
	if err == nil && kind == "function" && !declared {
		err = v.Missing("function")
	}
	return err
}

func (q *chatRequest) decodeToolChoice(v serde.Value) error {
	q.choice = &toolChoice{}
	if v.Kind() != '{' {
		return serde.Variant(&q.choice.mode, "none", "auto", "required")(v)
	}
	isType := serde.Variant(new(string), "function")
	return v.Object("struct ToolChoice", serde.Required("type", isType), serde.Required("function", func(member serde.Value) error {
		return member.Object("struct FunctionName", serde.Required("name", serde.Text(&q.choice.name)))
	}))
}

func (q *chatRequest) decodeFormat(v serde.Value) error {
	var kind serde.Tag
	var declared serde.Value
	err := v.Object("struct ResponseFormat", serde.Required("type", kind.Decode), serde.Optional("json_schema", func(member serde.Value) error {
		declared = member
		return nil
	}))
	if err == nil {
		err = kind.Check("text", "json_object", "json_schema")
	}
	q.format = replyFormat{kind: kind.Name}
	switch {
	case err != nil || kind.Name != "json_schema":
		return err
	case declared.Raw() == nil:
		return v.Missing("json_schema")
	}
	return declared.Object(
		"struct JsonSchema",
		serde.Optional("name", serde.IsText),
		serde.Optional("description", serde.IsText),
		serde.Optional("strict", serde.IsBoolean),
		serde.Required("schema", serde.Raw(&q.format.schema)),
	)
}
