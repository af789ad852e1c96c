package offline

import (
	"iter"
	"strings"
	"unicode"
)

// Pretended prices, in US cents per 100 million tokens as /v1/models lists them. The same number is the price of one
// token in ticks of 10^-10 USD. They give scripts that add up costs something to add.
const (
	promptPrice     = 20000
	cachedPrice     = 5000
	completionPrice = 100000
)

// pictureTokens is the price of a picture of any size, in tokens.
const pictureTokens = 256

// tokenUsage counts the tokens of an exchange.
type tokenUsage struct {
	PromptTokens     int             `json:"prompt_tokens"`
	CompletionTokens int             `json:"completion_tokens"`
	TotalTokens      int             `json:"total_tokens"`
	Prompt           promptUsage     `json:"prompt_tokens_details"`
	Completion       completionUsage `json:"completion_tokens_details"`
	Sources          int             `json:"num_sources_used"`
	CostTicks        int             `json:"cost_in_usd_ticks"`
}

type promptUsage struct {
	Text   int `json:"text_tokens"`
	Audio  int `json:"audio_tokens"`
	Image  int `json:"image_tokens"`
	Cached int `json:"cached_tokens"`
}

// measurePrompt counts the tokens of a prompt, of which some are reported as cached.
func measurePrompt(messages []message, cached int) promptUsage {
	p := promptUsage{}
	for _, m := range messages {
		p.Text += countTokens(m.text)
		p.Image += len(m.pictures) * pictureTokens
	}
	p.Cached = min(cached, p.tokens())
	return p
}

func (p *promptUsage) tokens() int { return p.Text + p.Image }

// cost returns the price in ticks.
func (p *promptUsage) cost() int { return (p.tokens()-p.Cached)*promptPrice + p.Cached*cachedPrice }

type completionUsage struct {
	Reasoning int `json:"reasoning_tokens"`
	Audio     int `json:"audio_tokens"`
	Accepted  int `json:"accepted_prediction_tokens"`
	Rejected  int `json:"rejected_prediction_tokens"`
}

// tokensOf splits a text into words, each with the white space before it; the last one also has the white space after
// it. It returns a sequence because a slice would be many times the size of a text of one-letter words.
func tokensOf(text string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for text != "" {
			end := tokenEnd(text)
			if !yield(text[:end]) {
				return
			}
			text = text[end:]
		}
	}
}

func tokenEnd(text string) int {
	word := strings.IndexFunc(text, notSpace)
	if word < 0 {
		return len(text)
	}
	gap := strings.IndexFunc(text[word:], unicode.IsSpace)
	if gap < 0 || strings.IndexFunc(text[word+gap:], notSpace) < 0 {
		return len(text)
	}
	return word + gap
}

func notSpace(r rune) bool { return !unicode.IsSpace(r) }

func countTokens(text string) int {
	count := 0
	for range tokensOf(text) {
		count++
	}
	return count
}

// firstTokens returns the beginning of a text, at most limit tokens of it.
func firstTokens(text string, limit int) string {
	end := 0
	for token := range tokensOf(text) {
		if limit--; limit < 0 {
			break
		}
		end += len(token)
	}
	return text[:end]
}
