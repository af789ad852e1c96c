package offline

import (
	"net/http"
	"strings"
)

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
	if name == "echo" || name == "lorem" {
		owner = "chatcmpl"
	}
	return model{
		ID: name, Object: "model", Created: created, OwnedBy: owner, Aliases: []string{}, ContextLength: 1_000_000,
		PromptPrice: promptPrice, ImagePrice: promptPrice, CompletionPrice: completionPrice,
	}
}

// known tells whether a model of that name answers here. xAI's names come and go, so all of them do.
func (e *Endpoint) known(name string) bool {
	return name == "echo" || name == "lorem" || strings.HasPrefix(name, "grok-") || e.replies.names(name)
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
	list := []model{describe("echo"), describe("lorem"), describe("grok-4.3")}
	for _, name := range e.replies.models() {
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

// refuses tells which parameters a model of that name answers with a 400: reasoning models (grok-4 and later, grok-3-mini,
// grok-build) take neither stop nor penalties, and their -non-reasoning variants take stop.
func refuses(name string) (stop, penalties bool) {
	version, xai := strings.CutPrefix(name, "grok-")
	if !xai || !reasons(version) {
		return false, false
	}
	return !strings.Contains(version, "-non-reasoning"), true
}

func reasons(version string) bool {
	if strings.HasPrefix(version, "3-mini") || strings.HasPrefix(version, "build") {
		return true
	}
	major := version[:len(version)-len(strings.TrimLeft(version, "0123456789"))]
	// A date such as grok-0128 is no generation.
	return len(major) == 1 && major >= "4" || len(major) == 2 && major[0] != '0'
}
