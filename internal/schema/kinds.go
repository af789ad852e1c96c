package schema

import (
	"encoding/json"
	"maps"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// cheap is how many bytes may be compared or matched for the price of one step.
const cheap = 64

func typeOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case string:
		return "string"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	case json.Number:
		if !strings.ContainsAny(string(v), ".eE") {
			return "integer"
		}
		if n, ok := number(v); ok && n.IsInt() {
			return "integer"
		}
	}
	return "number"
}

// isType says whether a value is of the type, or of one of the types, of a type keyword.
func isType(v, want any) bool {
	if list, ok := want.([]any); ok {
		return slices.ContainsFunc(list, func(one any) bool { return isType(v, one) })
	}
	got := typeOf(v)
	return got == want || got == "integer" && want == "number"
}

func typeNames(want any) string {
	list, ok := want.([]any)
	if !ok {
		list = []any{want}
	}
	names := make([]string, len(list))
	for i, one := range list {
		names[i], _ = one.(string)
	}
	return strings.Join(names, " or ")
}

// number is the exact value of a JSON number; ok is false for anything else, and for a
// number that can't be held.
func number(v any) (n *big.Rat, ok bool) {
	text, ok := v.(json.Number)
	if !ok || !holds(text) {
		return nil, false
	}
	return new(big.Rat).SetString(string(text))
}

// holds says whether a number is short and its exponent small enough for it to be held exactly.
func holds(n json.Number) bool {
	const largest = 5000
	i := strings.IndexAny(string(n), "eE")
	if i < 0 {
		return len(n) <= largest
	}
	exponent, err := strconv.Atoi(string(n[i+1:]))
	return err == nil && len(n) <= largest && -largest <= exponent && exponent <= largest
}

// canonical is a text that two values share if and only if they are equal: 1.0 is 1, and
// the order of members doesn't matter.
func canonical(v any) string {
	var b strings.Builder
	writeCanonical(&b, v)
	return b.String()
}

func (r *run) canonical(v any) string {
	text := canonical(v)
	r.left -= len(text) / cheap
	return text
}

func writeCanonical(b *strings.Builder, v any) {
	switch v := v.(type) {
	case nil:
		b.WriteString("null")
	case bool:
		b.WriteString(strconv.FormatBool(v))
	case string:
		b.Write(rawjson.Quote(v))
	case json.Number:
		if n, ok := number(v); ok {
			b.WriteString(n.RatString())
		} else {
			b.WriteString(string(v))
		}
	case []any:
		b.WriteByte('[')
		for _, item := range v {
			writeCanonical(b, item)
			b.WriteByte(',')
		}
		b.WriteByte(']')
	case map[string]any:
		b.WriteByte('{')
		for _, key := range slices.Sorted(maps.Keys(v)) {
			b.Write(rawjson.Quote(key))
			b.WriteByte(':')
			writeCanonical(b, v[key])
			b.WriteByte(',')
		}
		b.WriteByte('}')
	}
}
