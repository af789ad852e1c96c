//go:build unix

package testscripts

import (
	"bytes"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"strings"
	"time"
)

type reply struct {
	choice
	status       int
	header       http.Header
	body         []byte
	chunk        int
	pause, delay time.Duration
	wait, end    string
}

func parseReply(text string) (*reply, error) {
	head, body, _ := strings.Cut(text, "\n\n")
	lines := strings.Split(strings.TrimSpace(head), "\n")
	status, kind, _ := strings.Cut(lines[0], " ")
	r := &reply{header: http.Header{}, body: []byte(body)}
	r.header.Set("Content-Type", "application/json")
	if kind != "" {
		r.header.Set("Content-Type", kind)
	}
	var err error
	if r.status, err = strconv.Atoi(status); err != nil {
		return nil, fmt.Errorf("a reply begins with its status: %w", err)
	}
	for _, line := range lines[1:] {
		if strings.HasPrefix(line, "@") {
			err = r.directive(line)
		} else {
			key, value, _ := strings.Cut(line, ": ")
			r.header.Set(key, value)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", line, err)
		}
	}
	return r, nil
}

func (r *reply) directive(line string) (err error) {
	word, arg, _ := strings.Cut(line, " ")
	switch word {
	case "@for":
		r.match = arg
	case "@at":
		r.at = arg
	case "@chunk":
		r.chunk, err = strconv.Atoi(arg)
	case "@pause":
		r.pause, err = time.ParseDuration(arg)
	case "@delay":
		r.delay, err = time.ParseDuration(arg)
	case "@wait":
		r.wait = arg
	case "@quoted":
		var s string
		s, err = strconv.Unquote(strings.TrimSpace(string(r.body)))
		r.body = []byte(s)
	case "@gzip", "@deflate", "@rawdeflate":
		r.body, err = compress(word, r.body)
	case "@repeat":
		var n int
		n, err = strconv.Atoi(arg)
		r.body = bytes.Repeat(r.body, n)
	case "@cut", "@reset", "@hang", "@stall", "@raw":
		r.end = word
	default:
		err = fmt.Errorf("no such directive")
	}
	return err
}

func compress(how string, body []byte) ([]byte, error) {
	var out bytes.Buffer
	var w io.WriteCloser
	switch how {
	case "@gzip":
		w = gzip.NewWriter(&out)
	case "@deflate":
		w = zlib.NewWriter(&out)
	default:
		w, _ = flate.NewWriter(&out, flate.BestSpeed)
	}
	_, err := w.Write(body)
	err = errors.Join(err, w.Close())
	return out.Bytes(), err
}
