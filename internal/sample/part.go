package sample

import (
	"encoding/json"
	"math"
	"strconv"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
	"github.com/chatcmpl/chatcmpl/internal/schema"
)

// part is a schema and its keywords.
type part struct {
	schema.Part

	words rawjson.Object
}

// under returns the schema at a place in the part, as a list of one or none.
func (p part) under(keyword string, path ...string) []schema.Part {
	if found, ok := p.At(keyword, path...); ok {
		return []schema.Part{found}
	}
	return nil
}

// list returns the elements of an array under a keyword.
func (p part) list(keyword string) []json.RawMessage {
	elements, _ := rawjson.Elements(p.words.Get(keyword))
	return elements
}

// names returns the strings in an array under a keyword.
func (p part) names(keyword string) []string { return texts(p.words.Get(keyword)) }

func texts(raw []byte) (texts []string) {
	elements, _ := rawjson.Elements(raw)
	for _, element := range elements {
		if s, ok := rawjson.String(element); ok {
			texts = append(texts, s)
		}
	}
	return texts
}

// count returns the number under a keyword, or the given one if the keyword is missing.
func (p part) count(keyword string, otherwise int) int {
	n, err := strconv.ParseFloat(string(p.words.Get(keyword)), 64)
	if err != nil {
		return otherwise
	}
	return int(min(n, math.MaxInt32))
}

// held returns for how many elements contains is.
func (p part) held() int {
	if p.words.Get("contains") == nil {
		return 0
	}
	return p.count("minContains", 1)
}
