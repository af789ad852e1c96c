package input

import (
	"encoding/json"
	"slices"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

func textMessage(role, content string) rawjson.Doc {
	var d rawjson.Doc
	d.Text(`{"role":`)
	d.Raw(rawjson.Quote(role))
	d.Text(`,"content":`)
	d.Raw(rawjson.Quote(content))
	d.Text(`}`)
	return d
}

// userMessage returns a user message. Its content is a string, or a list of parts if there are pictures.
func userMessage(prompt string, pictures []picture, spec *Spec) rawjson.Doc {
	if len(pictures) == 0 {
		return textMessage("user", prompt)
	}
	var texts []rawjson.Doc
	if prompt != "" {
		texts = append(texts, textPart(prompt))
	}
	var d rawjson.Doc
	d.Text(`{"role":"user","content":`)
	d.Append(partList(texts, pictures, spec))
	d.Text(`}`)
	return d
}

func textPart(text string) rawjson.Doc {
	var d rawjson.Doc
	d.Text(`{"type":"text","text":`)
	d.Raw(rawjson.Quote(text))
	d.Text(`}`)
	return d
}

// partList returns a content of parts: the pictures first, unless the spec puts the text first.
func partList(others []rawjson.Doc, pictures []picture, spec *Spec) rawjson.Doc {
	var parts []rawjson.Doc
	for _, p := range pictures {
		parts = append(parts, p.part(spec.Detail))
	}
	if spec.TextFirst {
		parts = append(slices.Clip(others), parts...)
	} else {
		parts = append(parts, others...)
	}
	var d rawjson.Doc
	d.Text("[")
	for i, part := range parts {
		if i > 0 {
			d.Text(",")
		}
		d.Append(part)
	}
	d.Text("]")
	return d
}

// role returns the role of a message; empty if it has none.
func role(m rawjson.Doc) string {
	var message struct {
		Role string `json:"role"`
	}
	text := m.WithoutBase64()
	if json.Unmarshal(text.Bytes(), &message) != nil {
		return ""
	}
	return message.Role
}

// hasRole reads a message and reports whether it has a role.
func hasRole(c *rawjson.Cursor) (has bool) {
	for key := range c.Members() {
		has = has || string(key) == "role"
	}
	return has
}
