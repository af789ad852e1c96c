package reply

import (
	"encoding/json"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// calls finds the tool call to which a piece of a stream belongs. xAI sends complete calls, one per chunk; OpenAI sends
// the arguments in pieces with an index; others omit the index, the id or both, or give every call the same index.
type calls struct {
	last    *value
	byID    map[string]*value
	byIndex map[string]*value // last call of each index
}

// find returns the call to which a piece belongs; nil for a new call. A new id begins a new call, and a piece with
// neither id nor index belongs to the last call.
func (c *calls) find(piece json.RawMessage) *value {
	fields := rawjson.Known(piece)
	id, index := rawjson.Text(fields.Get("id")), string(fields.Get("index"))
	if index == "null" {
		index = ""
	}
	known := c.last
	if index != "" {
		known = c.byIndex[index]
	}
	name := rawjson.Text(rawjson.Known(fields.Get("function")).Get("name"))
	switch {
	case known != nil && (id == "" || known.get("id").string() == ""):
		// The id may arrive in a later piece, but a name after complete arguments begins another call.
		if name != "" && known.isWhole() {
			return nil
		}
		return known
	case index == "":
		return c.byID[id]
	case known != nil && known.get("id").string() == id:
		return known
	}
	return nil
}

// remember records the id and the index of a piece that was merged into a call.
func (c *calls) remember(call *value, piece json.RawMessage) {
	if c.byID == nil {
		c.byID, c.byIndex = map[string]*value{}, map[string]*value{}
	}
	c.last = call
	if id := call.get("id").string(); id != "" {
		c.byID[id] = call
	}
	if index := rawjson.Known(piece).Get("index"); index != nil {
		c.byIndex[string(index)] = call
	}
}

// isWhole reports whether a call has a name and complete arguments. Of long arguments it checks only the last byte,
// because parsing them for each piece would take too long.
func (v *value) isWhole() bool {
	function := v.get("function")
	arguments := function.get("arguments").string()
	if function.get("name").string() == "" || !strings.HasSuffix(arguments, "}") {
		return false
	}
	return len(arguments) > longArguments || isShortObject(arguments)
}

// longArguments is the length of arguments that are not read for each piece.
const longArguments = 16 << 10

// isShortObject reports whether arguments are a whole object, and short enough to be read for each piece.
func isShortObject(arguments string) bool {
	return len(arguments) <= longArguments && strings.HasPrefix(arguments, "{") && strings.HasSuffix(arguments, "}") &&
		rawjson.Valid([]byte(arguments))
}
