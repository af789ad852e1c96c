package api

import (
	"bufio"
	"bytes"
	"net/http"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// Good says whether the body of a 200 is a good reply to a request: whole, without an error
// inside, with every choice that was asked for. The acknowledgment of a deferred request is
// none: the reply is still to be fetched. path is the one below the base URL, sent the
// request's body.
func Good(path string, sent, body []byte) bool {
	switch strings.Trim(path, "/") {
	case modelsPath:
		_, err := modelIDs(body)
		return err == nil
	case completionsPath:
		return goodCompletion(sent, body)
	}
	return false
}

func goodCompletion(sent, body []byte) bool {
	asked, err := rawjson.ParseObject(sent)
	if err != nil {
		return false
	}
	want := (&Request{Fields: asked}).Choices()
	buffered := bufio.NewReader(bytes.NewReader(body))
	if inOnePiece(buffered) {
		reply, err := parseResponse(body, http.Header{})
		return err == nil && len(reply.Choices) >= want
	}
	r := &streamReader{each: func(*Chunk) error { return nil }, want: want}
	return r.events(buffered) == nil && len(r.choices) >= want
}
