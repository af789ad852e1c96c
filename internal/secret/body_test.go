package secret_test

import (
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/secret"
)

// TestBody checks that secrets are found in every form in which a server may send them back.
func TestBody(t *testing.T) {
	t.Parallel()
	redactor := &secret.Redactor{}
	redactor.Add("secret-key-1")
	for body, want := range map[string]string{
		`{"a":"\n","b":1.0}`:                                            `{"a":"\n","b":1.0}`,
		`{"a":"a secret-key-1."}`:                                       `{"a":"a *****."}`,
		`{"a":["\u0073ecret\u002dkey-1\n"], "b" : 1.0}`:                 `{"a":["*****\n"], "b" : 1.0}`,
		`{"\u0073ecret-key-1":"{\"b\":\"\\u0073ecret-key-1\"}"}`:        `{"*****":"{\"b\":\"*****\"}"}`,
		`not JSON secret-key-1`:                                         `not JSON *****`,
		"data: {\"choices\":[{\"d\":\"x\"}]}\n\ndata:{\"d\":\"y\"}\n\n": "data: {\"choices\":[{\"d\":\"x\"}]}\n\ndata:{\"d\":\"y\"}\n\n",
		"data: {\"choices\":[{\"index\":0,\"d\":\"a secr\"}]}\r\n\r\n: ping\r\ndata: {\"choices\":[{\"index\":1,\"d\":\"b\"}]}\r\n\r\ndata: {\"choices\":[{\"index\":0,\"d\":\"et-key-1.\"}]}\r\n\r\ndata: [DONE]\r\n": "data: {\"choices\":[{\"index\":0,\"d\":\"a *****\"}]}\r\n\r\n: ping\r\ndata: {\"choices\":[{\"index\":1,\"d\":\"b\"}]}\r\n\r\ndata: {\"choices\":[{\"index\":0,\"d\":\".\"}]}\r\n\r\ndata: [DONE]\r\n",
	} {
		if got := string(redactor.Body([]byte(body))); got != want {
			t.Errorf("%s\n%s", body, got)
		}
	}
}
