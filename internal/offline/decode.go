package offline

import "strings"

// decodeRequest reads a request and checks the types of its fields, as serde does before the API sees a request.
func decodeRequest(body []byte) (*chatRequest, error) {
	root, err := parse(body)
	if err != nil {
		return nil, err
	}
	q := &chatRequest{parallel: true}
	return q, root.object(
		"struct ChatRequest",
		optional("model", asText(&q.model)),
		optional("messages", asList(&q.messages, (*message).decode)),
		optional("n", asInteger(&q.n)),
		optional("seed", asInteger(&q.seed)),
		optional("max_tokens", asInteger(&q.maxTokens)),
		optional("max_completion_tokens", asInteger(&q.maxCompletionTokens)),
		optional("logprobs", asBoolean(new(bool))),
		optional("top_logprobs", asInteger(&q.topLogprobs)),
		optional("temperature", asNumber(&q.temperature)),
		optional("top_p", asNumber(&q.topP)),
		optional("presence_penalty", asNumber(&q.presence)),
		optional("frequency_penalty", asNumber(&q.frequency)),
		optional("stop", q.decodeStop),
		optional("stream", asBoolean(&q.stream)),
		optional("stream_options", q.decodeStreamOptions),
		optional("tools", asList(&q.tools, (*tool).decode)),
		optional("tool_choice", q.decodeToolChoice),
		optional("parallel_tool_calls", asBoolean(&q.parallel)),
		optional("response_format", q.decodeFormat),
		optional("reasoning_effort", asText(&q.effort)),
		optional("deferred", asBoolean(&q.deferred)),
		optional("search_parameters", asRaw(&q.search)),
		optional("user", isText),
	)
}

func (q *chatRequest) decodeStop(v value) error {
	if v.kind() == '"' {
		q.stop = make([]string, 1)
		return asText(&q.stop[0])(v)
	}
	return asList(&q.stop, func(s *string, element value) error { return asText(s)(element) })(v)
}

func (q *chatRequest) decodeStreamOptions(v value) error {
	return v.object("struct StreamOptions", optional("include_usage", asBoolean(&q.includeUsage)))
}

func (m *message) decode(v value) error {
	return v.object(
		"struct Message",
		required("role", asText(&m.role)),
		optional("content", m.decodeContent),
		optional("tool_calls", m.decodeCalls),
		optional("name", isText),
		optional("tool_call_id", isText),
		optional("reasoning_content", isText),
		optional("refusal", isText),
	)
}

// decodeContent reads a content. It replaces that of an earlier member of the same name.
func (m *message) decodeContent(v value) error {
	m.text, m.texts, m.parts, m.urls, m.files = "", nil, 0, nil, 0
	switch v.kind() {
	case '"':
		m.parts = 1
		return asText(&m.text)(v)
	case '[':
		err := v.elements(m.decodePart)
		m.text = strings.Join(m.texts, "")
		return err
	default:
		return v.wrongType("a string or a sequence")
	}
}

// decodePart reads one part of a content. The part's type may stand behind the member that it announces.
func (m *message) decodePart(v value) error {
	m.parts++
	var kind tag
	if err := v.object("struct ContentPart", required("type", kind.decode)); err != nil {
		return err
	}
	switch kind.name {
	case "text":
		return v.object("struct TextPart", required("text", m.decodeText))
	case "image_url":
		return v.object("struct ImagePart", required("image_url", m.decodeImage))
	case "file":
		m.files++
	}
	return kind.check("text", "image_url", "file")
}

func (m *message) decodeText(v value) error {
	m.texts = append(m.texts, "")
	return asText(&m.texts[len(m.texts)-1])(v)
}

func (m *message) decodeImage(v value) error {
	return v.object(
		"struct ImageUrl",
		required("url", m.decodeURL),
		optional("detail", asVariant(new(string), "auto", "low", "high")),
	)
}

func (m *message) decodeURL(v value) error {
	if v.kind() != '"' {
		return v.wrongType("a string")
	}
	m.urls = append(m.urls, v)
	return nil
}

func (m *message) decodeCalls(v value) error {
	return v.elements(func(value) error {
		m.calls = true
		return nil
	})
}

func (t *tool) decode(v value) error {
	kind, declared := "", false
	err := v.object("struct Tool", required("type", asText(&kind)), optional("function", func(member value) error {
		declared = true
		return member.object(
			"struct FunctionDefinition",
			required("name", asText(&t.name)),
			optional("parameters", asRaw(&t.parameters)),
		)
	}))
	if err == nil && kind == "function" && !declared {
		err = v.missing("function")
	}
	return err
}

func (q *chatRequest) decodeToolChoice(v value) error {
	q.choice = &toolChoice{}
	if v.kind() != '{' {
		return asVariant(&q.choice.mode, "none", "auto", "required")(v)
	}
	return v.object("struct ToolChoice", required("function", func(member value) error {
		return member.object("struct FunctionName", required("name", asText(&q.choice.name)))
	}))
}

func (q *chatRequest) decodeFormat(v value) error {
	var kind tag
	var declared value
	err := v.object("struct ResponseFormat", required("type", kind.decode), optional("json_schema", func(member value) error {
		declared = member
		return nil
	}))
	if err == nil {
		err = kind.check("text", "json_object", "json_schema")
	}
	q.format = replyFormat{kind: kind.name}
	switch {
	case err != nil || kind.name != "json_schema":
		return err
	case declared.raw == nil:
		return v.missing("json_schema")
	}
	return declared.object("struct JsonSchema", required("schema", asRaw(&q.format.schema)))
}
