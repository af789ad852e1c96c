package connect

import (
	"fmt"
	"net/http"

	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/secret"
)

// verbose is a transport that writes the headers of requests and responses as details.
type verbose struct {
	next http.RoundTripper
	con  *console.Console
}

// RoundTrip implements http.RoundTripper.
func (v *verbose) RoundTrip(req *http.Request) (*http.Response, error) {
	v.con.Detail("> " + req.Method + " " + secret.RedactURL(req.URL))
	showHeader(v.con, "> ", req.Header)
	if req.ContentLength > 0 {
		v.con.Detail(fmt.Sprintf("> Content-Length: %d", req.ContentLength))
	}
	resp, err := v.next.RoundTrip(req)
	showResponse(v.con, resp, err)
	return resp, err
}

func showResponse(con *console.Console, resp *http.Response, err error) {
	switch {
	case !con.Verbose:
	case err != nil:
		con.Detail("* " + err.Error())
	default:
		con.Detail("< " + resp.Proto + " " + resp.Status)
		showHeader(con, "< ", resp.Header)
	}
}

func showHeader(con *console.Console, prefix string, h http.Header) {
	for _, line := range secret.HeaderLines(h) {
		con.Detail(prefix + line)
	}
}
