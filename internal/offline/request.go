package offline

import "strings"

// A request is what the endpoint takes from a body. A pointer is nil where the body doesn't have the field or has null
// there; unknown fields are passed over.
type request struct {
	model    string
	messages []message

	n, seed, maxTokens, maxCompletionTokens, topLogprobs *int64
	temperature, topP, presence, frequency               *float64

	stop                 []string
	stream, includeUsage bool

	tools   []tool
	choice  *toolChoice
	oneCall bool // no two calls in one reply
	format  format

	deferred, search bool
	effort           string
}

// A message is one of the conversation, its text that of its parts together. Its urls are windows on the body; pictures is
// what a reply shows of each, and is filled in by check.
type message struct {
	role, text string
	texts      []string
	parts      int
	calls      bool
	urls       []value
	pictures   []string
	files      int
}

// decode reads a body into a request and checks types, as serde does before the API sees anything.
func decode(body []byte) (*request, error) {
	root, err := parse(body)
	if err != nil {
		return nil, err
	}
	q := &request{}
	return q, root.members("struct ChatRequest", q.field)
}

func (q *request) field(key string, v value) error {
	if v.isNull() {
		return nil
	}
	switch key {
	case "model":
		return v.text(&q.model)
	case "messages":
		return q.readMessages(v)
	case "stop":
		return q.readStop(v)
	case "tools":
		return q.readTools(v)
	case "tool_choice":
		return q.readToolChoice(v)
	case "response_format":
		return q.readFormat(v)
	case "stream_options":
		return v.members("struct StreamOptions", q.streamOption)
	case "search_parameters":
		q.search = true
		return nil
	default:
		return q.scalar(key, v)
	}
}

func (q *request) scalar(key string, v value) error {
	switch key {
	case "n":
		return v.integer(&q.n)
	case "seed":
		return v.integer(&q.seed)
	case "max_tokens":
		return v.integer(&q.maxTokens)
	case "max_completion_tokens":
		return v.integer(&q.maxCompletionTokens)
	case "top_logprobs":
		return v.integer(&q.topLogprobs)
	case "temperature":
		return v.number(&q.temperature)
	case "top_p":
		return v.number(&q.topP)
	case "presence_penalty":
		return v.number(&q.presence)
	case "frequency_penalty":
		return v.number(&q.frequency)
	case "stream":
		return v.boolean(&q.stream)
	case "parallel_tool_calls":
		var parallel bool
		err := v.boolean(&parallel)
		q.oneCall = !parallel
		return err
	case "deferred":
		return v.boolean(&q.deferred)
	case "logprobs":
		return v.boolean(new(bool))
	case "reasoning_effort":
		return v.text(&q.effort)
	case "user":
		return v.text(new(string))
	}
	return nil
}

func (q *request) streamOption(key string, v value) error {
	if key != "include_usage" || v.isNull() {
		return nil
	}
	return v.boolean(&q.includeUsage)
}

func (q *request) readStop(v value) error {
	q.stop = nil
	if v.kind() == '"' {
		q.stop = make([]string, 1)
		return v.text(&q.stop[0])
	}
	return v.elements(func(item value) error {
		var s string
		err := item.text(&s)
		q.stop = append(q.stop, s)
		return err
	})
}

func (q *request) readMessages(v value) error {
	q.messages = nil
	return v.elements(func(item value) error {
		m := message{}
		err := item.membersWith("role", "struct Message", m.field)
		q.messages = append(q.messages, m)
		return err
	})
}

func (m *message) field(key string, v value) error {
	if key == "role" {
		return v.text(&m.role)
	}
	if v.isNull() {
		return nil
	}
	switch key {
	case "content":
		return m.readContent(v)
	case "tool_calls":
		return v.elements(func(value) error {
			m.calls = true
			return nil
		})
	case "name", "tool_call_id", "reasoning_content", "refusal":
		return v.text(new(string))
	}
	return nil
}

func (m *message) readContent(v value) error {
	m.text, m.texts, m.parts, m.urls, m.files = "", nil, 0, nil, 0
	switch v.kind() {
	case '"':
		m.parts = 1
		return v.text(&m.text)
	case '[':
		err := v.elements(m.readPart)
		m.text = strings.Join(m.texts, "")
		return err
	default:
		return v.wrongType("a string or a sequence")
	}
}

// readPart adds one part of a list. Its type may stand after its content, so it is asked for first.
func (m *message) readPart(part value) error {
	m.parts++
	var kind string
	var kindAt value
	err := part.membersWith("type", "struct ContentPart", func(key string, v value) error {
		if key != "type" {
			return nil
		}
		kindAt = v
		return v.text(&kind)
	})
	if err != nil {
		return err
	}
	switch kind {
	case "text":
		return part.membersWith("text", "struct TextPart", m.addText)
	case "image_url":
		return part.membersWith("image_url", "struct ImagePart", m.addImage)
	case "file":
		m.files++
		return nil
	default:
		return kindAt.unknown(kind, "`text`, `image_url`, `file`")
	}
}

func (m *message) addText(key string, v value) error {
	if key != "text" {
		return nil
	}
	var s string
	err := v.text(&s)
	m.texts = append(m.texts, s)
	return err
}

func (m *message) addImage(key string, v value) error {
	if key != "image_url" {
		return nil
	}
	return v.membersWith("url", "struct ImageUrl", func(key string, field value) error {
		switch key {
		case "url":
			if field.kind() != '"' {
				return field.wrongType("a string")
			}
			m.urls = append(m.urls, field)
		case "detail":
			return readDetail(field)
		}
		return nil
	})
}

func readDetail(v value) error {
	if v.isNull() {
		return nil
	}
	var detail string
	if err := v.text(&detail); err != nil {
		return err
	}
	if detail != "auto" && detail != "low" && detail != "high" {
		return v.unknown(detail, "`auto`, `low`, `high`")
	}
	return nil
}
