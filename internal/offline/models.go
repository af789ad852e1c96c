package offline

import (
	"slices"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/models"
)

// The endpoint's own models.
const (
	Echo  = "echo"  // repeats the last user message
	Lorem = "lorem" // writes as many words as the setting tokens
)

// Models returns the names of the endpoint's own models.
func Models() []string { return []string{Echo, Lorem} }

// modelInfo describes a model at /v1/models.
type modelInfo struct {
	ID              string   `json:"id"`
	Object          string   `json:"object"`
	Created         int64    `json:"created"`
	OwnedBy         string   `json:"owned_by"`
	Aliases         []string `json:"aliases"`
	ContextLength   int      `json:"context_length"`
	PromptPrice     int      `json:"prompt_text_token_price"`
	ImagePrice      int      `json:"prompt_image_token_price"`
	CachedPrice     int      `json:"cached_prompt_text_token_price"`
	CompletionPrice int      `json:"completion_text_token_price"`

	Capabilities *capabilities `json:"capabilities,omitempty"`
}

// capabilities tells which values of reasoning_effort a model takes. A model that is not known has none.
type capabilities struct {
	Efforts []string `json:"reasoning_effort"`
}

func newCapabilities(name string, anyEffort bool) *capabilities {
	efforts, known := models.Efforts(name)
	switch {
	case anyEffort, slices.Contains(Models(), name):
		return &capabilities{models.AllEfforts()}
	case !known:
		return nil
	}
	return &capabilities{efforts}
}

func newModelInfo(name string, anyEffort bool) modelInfo {
	owner := "xai"
	if slices.Contains(Models(), name) {
		owner = "chatcmpl"
	}
	return modelInfo{
		ID: name, Object: "model", Created: created, OwnedBy: owner, Aliases: []string{}, ContextLength: 1_000_000,
		PromptPrice: promptPrice, ImagePrice: promptPrice, CachedPrice: cachedPrice, CompletionPrice: completionPrice,
		Capabilities: newCapabilities(name, anyEffort),
	}
}

// catalog knows the models that answer: the endpoint's own, every name of xAI's, because those come and go, and the
// names that only rules answer for.
type catalog struct{ scripted []string }

func newCatalog(scripted []string) catalog {
	c := catalog{}
	for _, name := range scripted {
		if c.check(name) != nil {
			c.scripted = append(c.scripted, name)
		}
	}
	return c
}

// check refuses an unknown model.
func (c *catalog) check(name string) error {
	switch {
	case name == "":
		return invalidContent("model must be specified.")
	case strings.HasPrefix(name, "grok-"), slices.Contains(Models(), name), slices.Contains(c.scripted, name):
		return nil
	}
	return unknownModel(name)
}

// has reports whether a model answers.
func (c *catalog) has(name string) bool { return c.check(name) == nil }

// list answers with all models but xAI's, of which it names only the default: a full list would soon be out of date.
func (c *catalog) list(x *exchange) answer {
	var list []modelInfo
	for _, name := range slices.Concat(Models(), []string{models.XAI}, c.scripted) {
		list = append(list, newModelInfo(name, x.session.AnyEffort))
	}
	return sendJSON(struct {
		Object string      `json:"object"`
		Data   []modelInfo `json:"data"`
	}{"list", list})
}

// show answers with one model.
func (c *catalog) show(x *exchange) answer {
	if err := c.check(x.id); err != nil {
		return refuse(err)
	}
	return sendJSON(newModelInfo(x.id, x.session.AnyEffort))
}
