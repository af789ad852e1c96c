package offline

import (
	"hash/fnv"
	"iter"
	"math"
	"strings"
)

// logprobs holds the log probabilities of the tokens of a text.
type logprobs struct {
	Content []tokenLogprob `json:"content"`
}

type tokenLogprob struct {
	alternative

	Top []alternative `json:"top_logprobs"`
}

// alternative is a token that could stand in a place of the text.
type alternative struct {
	Token   string  `json:"token"`
	Logprob float64 `json:"logprob"`
	Bytes   []int   `json:"bytes"`
}

// logprobsOf makes up log probabilities: a token has always the same, and with it stand the most probable alternatives,
// of which it is the first.
func logprobsOf(tokens iter.Seq[string], top int) *logprobs {
	all := &logprobs{Content: []tokenLogprob{}}
	for token := range tokens {
		all.Content = append(all.Content, newTokenLogprob(token, top))
	}
	return all
}

func newTokenLogprob(token string, top int) tokenLogprob {
	hash := fnv.New32a()
	_, _ = hash.Write([]byte(token)) // it never fails
	probability := 0.6 + float64(hash.Sum32()%39)/100
	t := tokenLogprob{newAlternative(token, probability), []alternative{}}
	others := strings.Fields(loremText(maxLogprobs + 1))
	for rest := 1 - probability; len(t.Top) < top; {
		if len(t.Top) == 0 {
			t.Top = append(t.Top, t.alternative)
			continue
		}
		other := others[0]
		others = others[1:]
		if other != strings.TrimSpace(token) {
			rest /= 2
			t.Top = append(t.Top, newAlternative(" "+other, rest))
		}
	}
	return t
}

func newAlternative(token string, probability float64) alternative {
	const digits = 1e6 // beyond these, machines may differ
	a := alternative{Token: token, Logprob: math.Round(math.Log(probability)*digits) / digits}
	for _, b := range []byte(token) {
		a.Bytes = append(a.Bytes, int(b))
	}
	return a
}
