package connect

import (
	"bufio"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/reply"
)

// decoding is a transport that decodes bodies compressed by a server without being asked to.
type decoding struct{ next http.RoundTripper }

// RoundTrip implements http.RoundTripper. A body that can't be decoded is an error; if the status is an error already,
// the body is replaced by the reason.
func (d *decoding) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := d.next.RoundTrip(req)
	if err != nil || resp.Header.Get("Content-Encoding") == "" {
		return resp, err
	}
	codings := strings.Split(strings.ToLower(strings.Join(resp.Header.Values("Content-Encoding"), ",")), ",")
	resp.Header.Del("Content-Encoding")
	resp.Header.Del("Content-Length")
	resp.ContentLength, resp.Uncompressed = -1, true
	for _, coding := range slices.Backward(codings) {
		switch coding := strings.TrimSpace(coding); coding {
		case "gzip", "x-gzip", "deflate":
			resp.Body = &decoded{Closer: resp.Body, source: bufio.NewReader(resp.Body), coding: coding}
		case "br", "zstd", "compress", "x-compress", "dcb", "dcz":
			return undecodable(resp, coding) //nolint:bodyclose // it closes it
		}
		// Other values are not content codings, so the body is unchanged.
	}
	return resp, nil
}

func undecodable(resp *http.Response, coding string) (*http.Response, error) {
	err := resp.Body.Close()
	if resp.StatusCode > 299 {
		reason := fmt.Sprintf(`"the answer is compressed by %s, which was not asked for and can't be read"`, coding)
		resp.Body = io.NopCloser(strings.NewReader(reason))
		return resp, nil
	}
	e := reply.NewError(failure.Malformed, err, "the reply is compressed by %s, which was not asked for and can't be read", coding)
	e.Status, e.Unusable = resp.StatusCode, true
	return nil, &api.LocalError{Err: e}
}

// decoded is a body that is decoded while it is read. It reads nothing before the first Read, because a stream may
// begin long after the header.
type decoded struct {
	io.Closer

	source *bufio.Reader
	coding string
	plain  io.Reader // nil before the first Read
}

// Read implements io.Reader.
func (d *decoded) Read(p []byte) (int, error) {
	if d.plain == nil {
		var err error
		if d.plain, err = d.open(); err != nil {
			return 0, err
		}
	}
	return d.plain.Read(p)
}

// open returns the decoder of the body. It checks the first bytes, because some servers send the header with a plain
// body.
func (d *decoded) open() (io.Reader, error) {
	first, _ := d.source.Peek(2)
	switch {
	case len(first) < 2:
		return d.source, nil
	case first[0] == 0x1f && first[1] == 0x8b:
		return gzip.NewReader(d.source)
	case d.coding != "deflate":
		return d.source, nil
	case first[0] == 0x78 && (int(first[0])<<8|int(first[1]))%31 == 0:
		return zlib.NewReader(d.source)
	case strings.ContainsRune("{[\"<: \r\n", rune(first[0])) || string(first) == "da" || string(first) == "ev":
		return d.source, nil
	}
	return flate.NewReader(d.source), nil
}
