package reply

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// Models reads a list of models and returns its compacted JSON and the ids in the same order.
func (r *Reader) Models(resp *http.Response, body io.Reader) (raw []byte, ids []string, err error) {
	read, err := readBody(resp, body)
	if err != nil {
		return nil, nil, err
	}
	read = withoutMarks(r.Redactor.JSON(read))
	if ids, err = ModelIDs(read); err != nil {
		e := unusable(read, resp.StatusCode, resp.Header, err)
		switch {
		case errors.Is(err, errTooManyModels):
			e.Message = "the reply is not a list of models: " + err.Error()
		case e.Kind == failure.Malformed:
			e.Message = "the reply is not a list of models"
		}
		return nil, nil, e
	}
	raw, err = rawjson.Compact(read)
	return raw, ids, err
}

// ModelIDs returns the ids in a list of models, in order. The list is in "data" or a bare array. It may be empty; other
// JSON is an error.
func ModelIDs(body []byte) (ids []string, err error) {
	body = withoutMarks(body)
	list := json.RawMessage(body)
	if !rawjson.Valid(body) {
		return nil, errors.New("not JSON")
	}
	isList := list[0] == '['
	for key, value := range rawjson.Members(body) {
		if string(key) == "data" || string(key) == "models" && !isList {
			list, isList = value, value[0] == '[' || string(value) == "null"
		}
	}
	if !isList {
		return nil, errors.New("it has no list of models")
	}
	c := rawjson.Read(list)
	for place := range c.Elements() {
		if place >= maxModels {
			return nil, errTooManyModels
		}
		if id := modelID(c.Value()); id != "" {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// maxModels is the maximum number of models in a list, far above that of any server.
const maxModels = 1 << 16

var errTooManyModels = fmt.Errorf("it has more than %d models", maxModels)

// modelID returns the id of a model. model is an object or the id itself.
func modelID(model json.RawMessage) string {
	if id := rawjson.Text(model); id != "" {
		return id
	}
	fields := rawjson.Known(model)
	if id := rawjson.Text(fields.Get("id")); id != "" {
		return id
	}
	return rawjson.Text(fields.Get("name"))
}
