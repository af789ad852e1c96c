package offline

import (
	"net/http"
	"slices"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/api"
)

// Names of the endpoint's own models.
const (
	Echo  = "echo"  // repeats the last user message
	Lorem = "lorem" // writes as many words as the setting tokens
)

// Models returns the names of the endpoint's own models.
func Models() []string { return []string{Echo, Lorem} }

// Pretended prices, in US cents per 100 million tokens as /v1/models lists them; the same number is the price of one token
// in ticks of 10^-10 USD. They are there so that scripts which add up cost have something to add.
const (
	promptPrice     = 20000
	completionPrice = 100000
)

// created is the time that every reply and model carries, 2026-01-01T00:00:00Z.
const created = 1767225600

type model struct {
	ID              string   `json:"id"`
	Object          string   `json:"object"`
	Created         int64    `json:"created"`
	OwnedBy         string   `json:"owned_by"`
	Aliases         []string `json:"aliases"`
	ContextLength   int      `json:"context_length"`
	PromptPrice     int      `json:"prompt_text_token_price"`
	ImagePrice      int      `json:"prompt_image_token_price"`
	CompletionPrice int      `json:"completion_text_token_price"`
}

func describe(name string) model {
	owner := "xai"
	if slices.Contains(Models(), name) {
		owner = "chatcmpl"
	}
	return model{
		ID: name, Object: "model", Created: created, OwnedBy: owner, Aliases: []string{}, ContextLength: 1_000_000,
		PromptPrice: promptPrice, ImagePrice: promptPrice, CompletionPrice: completionPrice,
	}
}

// known reports whether a model of that name answers here.
func (e *Endpoint) known(name string) bool { return builtIn(name) || e.replies.names(name) }

// builtIn reports whether a model answers without a rule. xAI's names come and go, so all of them do.
func builtIn(name string) bool {
	return slices.Contains(Models(), name) || strings.HasPrefix(name, "grok-")
}

func (e *Endpoint) checkModel(name string) error {
	switch {
	case name == "":
		return invalid("Invalid request content: model must be specified.")
	case !e.known(name):
		return noModel(name)
	}
	return nil
}

// listModels shows what answers under a name of its own, and of xAI's names the one that this tool asks for by itself: a
// list of all would be out of date.
func (e *Endpoint) listModels(v *visit) {
	var list []model
	for _, name := range slices.Concat(Models(), []string{api.XAIModel}, e.replies.models()) {
		list = append(list, describe(name))
	}
	sendJSON(v.w, http.StatusOK, struct {
		Object string  `json:"object"`
		Data   []model `json:"data"`
	}{"list", list})
}

func (e *Endpoint) showModel(v *visit) {
	name := strings.TrimPrefix(v.r.URL.Path, "/v1/models/")
	if err := e.checkModel(name); err != nil {
		fail(v.w, err)
		return
	}
	sendJSON(v.w, http.StatusOK, describe(name))
}
