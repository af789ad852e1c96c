package api

import (
	"bufio"
	"bytes"
	"net/http"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// Cacheable reports whether the body of a 200 response may answer later requests: it is complete, contains no error,
// and has every choice that was asked for. The acknowledgment of a deferred request is not cacheable. path is relative
// to the base URL; request is the body of the request.
func Cacheable(path string, request, reply []byte) bool {
	switch strings.Trim(path, "/") {
	case modelsPath:
		_, err := modelIDs(reply)
		return err == nil
	case completionsPath:
		return cacheableCompletion(request, reply)
	}
	return false
}

func cacheableCompletion(request, reply []byte) bool {
	fields, err := rawjson.ParseObject(request)
	if err != nil {
		return false
	}
	want := (&Request{Fields: fields}).Choices()
	buffered := bufio.NewReader(bytes.NewReader(reply))
	if isUnstreamed(buffered) {
		parsed, err := parseResponse(reply, http.Header{})
		return err == nil && len(parsed.Choices) >= want
	}
	r := &streamReader{each: func(*Chunk) error { return nil }, want: want}
	return r.events(buffered) == nil && len(r.choices) >= want
}
