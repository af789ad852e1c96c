package connect

import (
	"bytes"
	"compress/gzip"
	"io"
	"net/http"
	"strconv"
	"testing"
)

type answer []byte

func (a answer) RoundTrip(*http.Request) (*http.Response, error) {
	header := http.Header{"Content-Encoding": {"gzip"}, "Content-Length": {strconv.Itoa(len(a))}}
	return &http.Response{StatusCode: http.StatusOK, Header: header, Body: io.NopCloser(bytes.NewReader(a))}, nil
}

// TestDecodedLength checks that a decoded response does not keep the length of the compressed one, which a proxy would pass on.
func TestDecodedLength(t *testing.T) {
	t.Parallel()
	var packed bytes.Buffer
	w := gzip.NewWriter(&packed)
	_, _ = w.Write([]byte("text"))
	_ = w.Close()
	resp, err := (&decoding{answer(packed.Bytes())}).RoundTrip(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil || string(body) != "text" || resp.Header.Get("Content-Length") != "" || resp.ContentLength >= 0 {
		t.Errorf("%q, %v, length %d, header %v", body, err, resp.ContentLength, resp.Header)
	}
}
