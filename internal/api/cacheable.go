package api

import (
	"bytes"
	"net/http"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
	"github.com/chatcmpl/chatcmpl/internal/reply"
)

// Cacheable reports whether the body of a successful response may answer later requests: it is whole, without an error inside, and
// has every choice that was asked for, each of them complete. The acknowledgment of a deferred request is not cacheable. path is
// relative to the base URL; request is the body of the request.
func Cacheable(path string, request, body []byte) bool {
	switch strings.Trim(path, "/") {
	case modelsPath:
		_, err := reply.ModelIDs(body)
		return err == nil
	case completionsPath:
		return isCacheableCompletion(request, body)
	}
	return false
}

func isCacheableCompletion(request, body []byte) bool {
	asked, err := rawjson.ParseObject(request)
	if err != nil {
		return false
	}
	r := &reply.Reader{Choices: (&Request{Fields: asked}).Choices()}
	resp, err := r.Stream(&http.Response{StatusCode: http.StatusOK, Header: http.Header{}, ContentLength: -1}, bytes.NewReader(body))
	if err != nil || len(resp.Choices) < r.Choices {
		return false
	}
	for _, c := range resp.Choices {
		if c.Ending() != reply.Complete {
			return false
		}
	}
	return true
}
