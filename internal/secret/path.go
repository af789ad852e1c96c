package secret

import (
	"strconv"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// This file decides which texts of a stream belong together, although servers send one text in several shapes: a choice
// in a list or alone, its index as a number or a string, a content as a string, as a part or as a list of parts, a message
// in place of a delta.

// step is a part of the path to a value: a member of an object, or an element of a list.
type step struct {
	key      []byte
	object   rawjson.Cursor // at its beginning
	isList   bool
	position int // in the list
	// Set once the object was read: its index, -1 for none, and whether it has these members.
	read              bool
	index             int
	delta, reasonings bool
}

// deepest limits the steps of a path that count, because each one costs a pass over everything inside it.
const deepest = 8

// placeOf returns the key of a text's place, by its path from the choices. The parts of a content are one text.
func placeOf(path []step) string {
	var place []byte
	name, inParts, position := "", false, 0
	for i := range path[:min(len(path), deepest)] {
		s := &path[i]
		switch {
		case s.isList:
			position = s.position
			continue
		case !inParts:
			place = strconv.AppendInt(append(place, 0), int64(s.indexOr(position)), 10)
		}
		position = 0
		if name = s.name(); inParts && (name == "text" || name == "value") {
			continue
		}
		place = append(append(place, 0), name...)
		inParts = inParts || name == "content" || name == "reasoning" || name == "refusal"
	}
	if name == "delta" && !inParts {
		// A text in its place is its content.
		return string(place) + "\x000\x00content"
	}
	return string(place)
}

// name returns the key of the member, or its synonym if the object does not have that one too.
func (s *step) name() string {
	s.readObject()
	switch name := string(s.key); {
	case name == "message" && !s.delta:
		return "delta"
	case name == "reasoning_content" && !s.reasonings:
		return "reasoning"
	default:
		return name
	}
}

// indexOr returns the index of the object, or its position in a list.
func (s *step) indexOr(position int) int {
	if s.readObject(); s.index >= 0 {
		return s.index
	}
	return position
}

func (s *step) readObject() {
	if s.read {
		return
	}
	s.read, s.index = true, -1
	object := s.object
	for key := range object.Members() {
		switch string(key) {
		case "index":
			text := strings.Trim(string(object.Value()), `"`)
			if n, err := strconv.ParseFloat(text, 64); err == nil && n >= 0 && n <= 1<<31 {
				s.index = int(n)
			}
		case "delta":
			s.delta = object.Next() != 'n'
		case "reasoning":
			s.reasonings = object.Next() != 'n'
		}
	}
}
