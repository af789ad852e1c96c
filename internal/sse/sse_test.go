package sse_test

import (
	"encoding/json"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/chatcmpl/chatcmpl/internal/sse"
)

// read returns each event as "name|data", and the error that ended the stream.
func read(r io.Reader, limit int) ([]string, error) {
	var got []string
	events := sse.NewReader(r, limit, json.Valid)
	for {
		ev, err := events.Next()
		if err != nil {
			return got, err
		}
		got = append(got, ev.Name+"|"+string(ev.Data))
	}
}

type sevens struct{ r io.Reader }

func (s sevens) Read(p []byte) (int, error) { return s.r.Read(p[:min(7, len(p))]) }

func TestFraming(t *testing.T) {
	big := strings.Repeat("x", 1<<20+5)
	for name, c := range map[string]struct{ in, want string }{
		"lf":             {"data: a\n\ndata: b\n\n", "|a;|b"},
		"crlf":           {"data: a\r\n\r\ndata: b\r\n\r\n", "|a;|b"},
		"cr":             {"data: a\r\rdata: b\r\r", "|a;|b"},
		"mixed":          {"data: a\r\n\ndata: b\n\r\n", "|a;|b"},
		"no space":       {"data:a\n\n", "|a"},
		"two spaces":     {"data:  a\n\n", "| a"},
		"several lines":  {"data: a\ndata: b\ndata\n\n", "|a\nb\n"},
		"crlf, two data": {"data: a\r\ndata: b\r\n\r\ndata: c\r\n\r\n", "|a\nb;|c"},
		"comments":       {": keep-alive\n\n: OPENROUTER PROCESSING\n\ndata: a\n: in the middle\n\n", "|a"},
		"event and id":   {"event: message\nid: 7\nretry: 10\ndata: a\n\n", "message|a"},
		"event only":     {"event: ping\n\ndata: a\n\n", "|a"},
		"bom":            {"\ufeffdata: a\n\n", "|a"},
		"no blank line":  {"data: a\n\ndata: b\n", "|a;|b"},
		"no newline":     {"data: a\n\ndata: b", "|a;|b"},
		"error field":    {"error: {\"code\":400}\n\n", "error|{\"code\":400}"},
		"error event":    {"event: error\ndata: {}\n\n", "error|{}"},
		"utf-8":          {"data: é漢\U0001f600\n\n", "|é漢\U0001f600"},
		"over a MiB":     {"data: " + big + "\n\n", "|" + big},
		"empty data":     {"data\n\ndata: \n\n", "|;|"},
		"nothing":        {"", ""},
		"blank lines":    {"\n\n\r\n", ""},
		"one newline":    {"data: {}\ndata: 1\nevent: e\ndata: 2\n: ping\ndata: [DONE]\n", "|{};|1;e|2;|[DONE]"},
		"several in one": {"data: {\ndata: }\n\n", "|{\n}"},
		"name is reset":  {"event: a\ndata: 1\n\ndata: 2\n\n", "a|1;|2"},
	} {
		t.Run(name, func(t *testing.T) {
			for chunking, r := range map[string]io.Reader{
				"whole": strings.NewReader(c.in), "bytes": iotest.OneByteReader(strings.NewReader(c.in)),
				"sevens": sevens{strings.NewReader(c.in)}, "data with eof": iotest.DataErrReader(strings.NewReader(c.in)),
			} {
				got, err := read(r, 4<<20)
				if !errors.Is(err, io.EOF) || strings.Join(got, ";") != c.want {
					t.Errorf("%s: %.80q, %v", chunking, got, err)
				}
			}
		})
	}
}

func TestBoundsAndErrors(t *testing.T) {
	var tooLong *sse.TooLongError
	if _, err := read(strings.NewReader("data: "+strings.Repeat("x", 200)), 100); !errors.As(err, &tooLong) {
		t.Error(err)
	}
	if _, err := read(strings.NewReader(strings.Repeat("data: x\n", 200)), 100); !errors.As(err, &tooLong) {
		t.Error(err)
	}
	broken := io.MultiReader(strings.NewReader("data: a\n\ndata: b"), iotest.ErrReader(io.ErrUnexpectedEOF))
	got, err := read(broken, 100)
	if !errors.Is(err, io.ErrUnexpectedEOF) || len(got) != 1 {
		t.Error(got, err)
	}
}

// TestManyLines reads an event of very many lines in a time that grows with its length only.
func TestManyLines(t *testing.T) {
	in := "data: [[1]\n" + strings.Repeat("data: ,[1]\n", 1<<18) + "data: ]\n\n"
	if got, err := read(strings.NewReader(in), 64<<20); len(got) != 1 || !errors.Is(err, io.EOF) {
		t.Error(len(got), err)
	}
}

// FuzzFraming checks that the events do not depend on how the bytes arrive, and compares them with splitText.
func FuzzFraming(f *testing.F) {
	f.Add("data: a\r\n\r\ndata: b\rdata: c\n\n: x\nerror: y\n\n")
	f.Add("\ufeffdata\r\r\n\nevent: z\ndata:  \n")
	f.Fuzz(func(t *testing.T, in string) {
		want := splitText(in)
		for chunking, r := range map[string]io.Reader{
			"whole": strings.NewReader(in), "bytes": iotest.OneByteReader(strings.NewReader(in)),
			"sevens": sevens{strings.NewReader(in)},
		} {
			got, err := read(r, 1<<20)
			if !errors.Is(err, io.EOF) || strings.Join(got, ";") != strings.Join(want, ";") {
				t.Errorf("%s: %q, want %q, %v", chunking, got, want, err)
			}
		}
	})
}

// splitText is a simpler implementation: it splits the whole text into lines, then the lines into events.
func splitText(in string) []string {
	in = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(strings.TrimPrefix(in, "\ufeff"))
	var out, data []string
	name := ""
	for _, line := range append(strings.Split(in, "\n"), "") {
		field, value, _ := strings.Cut(line, ":")
		value = strings.TrimPrefix(value, " ")
		if line != "" && field != "" && len(data) == 1 && json.Valid([]byte(data[0])) {
			out = append(out, name+"|"+strings.Join(data, "\n"))
			name, data = "", nil
		}
		switch {
		case line == "":
			if data != nil {
				out = append(out, name+"|"+strings.Join(data, "\n"))
			}
			name, data = "", nil
		case field == "event":
			name = value
		case field == "error":
			name, data = "error", append(data, value)
		case field == "data":
			data = append(data, value)
		}
	}
	return out
}
