package schema

import (
	"fmt"
	"math/big"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/chatcmpl/chatcmpl/internal/format"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// assertion compiles a keyword without schemas in it, and returns nil for any other.
func (c *compiler) assertion(n *node, keyword string, text *value) rule {
	switch keyword {
	case "type":
		return c.types(n, text)
	case "enum", "const":
		return c.values(n, keyword, text)
	case "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum":
		return c.bound(n, keyword, text)
	case "multipleOf":
		return c.multipleOf(n, text)
	case "minLength", "maxLength":
		return c.size(n, keyword, text, stringKind)
	case "minItems", "maxItems":
		return c.size(n, keyword, text, arrayKind)
	case "minProperties", "maxProperties":
		return c.size(n, keyword, text, objectKind)
	case "pattern":
		return c.pattern(n, text)
	case "format":
		return c.format(n, text)
	case "required":
		return c.required(n, text)
	case "uniqueItems":
		return c.uniqueItems(n, text)
	}
	return nil
}

// holds makes the rule that values of some types pass a test. A value that does not pass it "does
// not fit" the keyword.
func holds(keyword string, text *value, kinds kind, test func(*checker, *value) bool) rule {
	return func(c *checker, v *value, _ marks) bool {
		return v.kind&kinds == 0 || test(c, v) || c.mismatch(v, keyword, text)
	}
}

func (c *compiler) types(n *node, text *value) rule {
	names, ok := text.texts()
	if text.kind == stringKind {
		names, ok = []string{text.text}, true
	}
	for _, name := range names {
		k := parseKind(name)
		n.types |= k
		ok = ok && k != 0
	}
	if !c.want(ok && len(names) > 0, n, "type", "a type") {
		return nil
	}
	return holds("type", text, anyKind, func(_ *checker, v *value) bool { return v.kind&n.types != 0 })
}

func parseKind(name string) kind {
	names := []string{"null", "boolean", "integer", "number", "string", "array", "object"}
	if i := slices.Index(names, name); i >= 0 {
		return 1 << i
	}
	return 0
}

func (c *compiler) values(n *node, keyword string, text *value) rule {
	values := []value{*text}
	if keyword == "enum" {
		if !c.want(text.kind == arrayKind, n, keyword, "a list") {
			return nil
		}
		values = text.parts
	}
	keys := map[string]bool{}
	for i := range values {
		keys[values[i].key()] = true
	}
	return holds(keyword, text, anyKind, func(c *checker, v *value) bool { return c.spend(len(v.raw)) && keys[v.key()] })
}

func (c *compiler) bound(n *node, keyword string, text *value) rule {
	if !c.want(text.kind&numberKind != 0, n, keyword, "a number") {
		return nil
	}
	limit := parseNumber(text.raw)
	return holds(keyword, text, numberKind, func(c *checker, v *value) bool {
		c.spend(len(v.raw))
		order := parseNumber(v.raw).compare(limit)
		switch keyword {
		case "minimum":
			return order >= 0
		case "maximum":
			return order <= 0
		case "exclusiveMinimum":
			return order > 0
		}
		return order < 0
	})
}

func (c *compiler) multipleOf(n *node, text *value) rule {
	const longest, division = 100, 1 << 10 // digits, and bytes whose steps a division takes
	var step number
	if text.kind&numberKind != 0 {
		step = parseNumber(text.raw)
	}
	if !c.want(step.sign() > 0, n, "multipleOf", "a number greater than 0") ||
		!c.want(len(step.digits) <= longest, n, "multipleOf", "a number of at most 100 digits") {
		return nil
	}
	divisor, _ := new(big.Int).SetString(step.digits, 10)
	return holds("multipleOf", text, numberKind, func(c *checker, v *value) bool {
		return c.spend(len(v.raw)+division) && parseNumber(v.raw).multipleOf(step, divisor)
	})
}

// size compiles a bound of a length in characters, or of a number of elements or members.
func (c *compiler) size(n *node, keyword string, text *value, kinds kind) rule {
	limit, ok := c.count(n, keyword, text)
	if !ok {
		return nil
	}
	least := strings.HasPrefix(keyword, "min")
	return holds(keyword, text, kinds, func(c *checker, v *value) bool {
		size := len(v.parts)
		if v.kind == stringKind {
			c.spend(len(v.text))
			size = utf8.RuneCountInString(v.text)
		}
		return size == limit || least == (size > limit)
	})
}

func (c *compiler) count(n *node, keyword string, text *value) (count int, ok bool) {
	if text.kind&numberKind != 0 {
		count, ok = parseNumber(text.raw).count()
	}
	return count, c.want(ok, n, keyword, "an integer of at least 0")
}

func (c *compiler) pattern(n *node, text *value) rule {
	if !c.want(text.kind == stringKind, n, "pattern", "a string") {
		return nil
	}
	p, err := compilePattern(text.text)
	if err != nil {
		c.fail(n.at+"/pattern", "%w", err)
		return nil
	}
	return holds("pattern", text, stringKind, func(c *checker, v *value) bool { return p.matches(c, v.text) })
}

// format compiles a format. One that is not known holds for everything.
func (c *compiler) format(n *node, text *value) rule {
	if !c.want(text.kind == stringKind, n, "format", "a string") {
		return nil
	}
	valid := format.Check(text.text)
	if valid == nil {
		return nil
	}
	return holds("format", text, stringKind, func(c *checker, v *value) bool { return c.spend(len(v.text)) && valid(v.text) })
}

func (c *compiler) required(n *node, text *value) rule {
	names, ok := text.texts()
	if !c.want(ok, n, "required", "a list of names") {
		return nil
	}
	n.required = map[string]bool{}
	for _, name := range names {
		n.required[name] = true
	}
	return func(c *checker, v *value, _ marks) bool { return c.requires(v, "required", names) }
}

// requires reports whether an object has all these members.
func (c *checker) requires(v *value, keyword string, names []string) bool {
	if v.kind != objectKind {
		return true
	}
	const perName = 8
	c.spend(perName * len(names))
	var missing []string
	for _, name := range names {
		if v.get(name) != nil {
			continue
		}
		if c.quiet {
			return false
		}
		missing = append(missing, string(rawjson.Quote(name)))
	}
	return missing == nil || c.report(keyword, "missing properties: ["+cut(strings.Join(missing, ","))+"]")
}

func (c *compiler) uniqueItems(n *node, text *value) rule {
	if !c.want(text.kind == booleanKind, n, "uniqueItems", "a boolean") || text.is("false") {
		return nil
	}
	return func(c *checker, v *value, _ marks) bool {
		if v.kind != arrayKind || !c.spend(len(v.raw)) {
			return true
		}
		places := make(map[string]int, len(v.parts))
		for i := range v.parts {
			key := v.parts[i].key()
			if first, ok := places[key]; ok {
				return c.report("uniqueItems", fmt.Sprintf("items %d and %d are equal", first, i))
			}
			places[key] = i
		}
		return true
	}
}
