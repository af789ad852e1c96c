package batches

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
	"testing/synctest"
	"time"
)

func TestCreationRefused(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	id := h.upload(tenLines())
	body, kind := form("purpose", "assistants", "file", "x")
	other := field[string](t, must(h.call(http.MethodPost, "/v1/files", "", body, kind)), "id")
	for body, want := range map[string]string{
		`{"input_file_id":"` + id + `"}`:      "name is missing.",
		`{"name":"n"}`:                        "input_file_id is missing.",
		`{"name":"n","input_file_id":"none"}`: "There is no file none.",
		`{"name":1}`:                          "Failed to deserialize the JSON body into the target type: name: number is the wrong type",
		`[]`:                                  "Failed to deserialize the JSON body into the target type: the body: array is the wrong type",
		`{"endpoint":"/v1/chat/completions","completion_window":"24h"}`:                                "Missing required parameter: 'input_file_id'.",
		`{"endpoint":"/v1/chat/completions","input_file_id":"` + id + `"}`:                             "Missing required parameter: 'completion_window'.",
		`{"completion_window":"24h","input_file_id":"` + id + `"}`:                                     "Missing required parameter: 'endpoint'.",
		`{"endpoint":"/v1/e","completion_window":"24h","input_file_id":"` + id + `"}`:                  "Invalid value: '/v1/e'.",
		`{"endpoint":"` + completions + `","completion_window":"1h","input_file_id":"` + id + `"}`:     "Invalid value: '1h'.",
		`{"endpoint":"` + completions + `","completion_window":"24h","input_file_id":"none"}`:          "No such File object: none",
		`{"endpoint":"` + completions + `","completion_window":"24h","input_file_id":"` + other + `"}`: "Invalid file purpose: 'assistants'.",
	} {
		if _, err := h.call(http.MethodPost, "/v1/batches", "", body, "application/json"); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("%s: %v", body, err)
		}
	}
}

func TestUpload(t *testing.T) {
	t.Parallel()
	h := newHarness(t)
	h.limits.file = 1000
	h.space.left.Store(5000)
	upload := func(parts ...string) error {
		body, kind := form(parts...)
		_, err := h.call(http.MethodPost, "/v1/files", "", body, kind)
		return err
	}
	for want, parts := range map[string][]string{
		"The form has no file.":               {"purpose", "batch"},
		"There must be only one file.":        {"file", "a", "file", "b"},
		"The file is larger than 1000 bytes.": {"file", strings.Repeat("x", 1001)},
	} {
		if err := upload(parts...); err == nil || err.Error() != want {
			t.Errorf("%v: %v", parts, err)
		}
	}
	if _, err := h.call(http.MethodPost, "/v1/files", "", "x", "text/plain"); err == nil {
		t.Error("no form")
	}
	body, kind := form("file", "abc")
	if _, err := h.call(http.MethodPost, "/v1/files", "", body[:len(body)-20], kind); err == nil {
		t.Error("half a form")
	}
	if got := h.space.left.Load(); got != 5000 {
		t.Errorf("%d bytes are left", got)
	}
	// The space is for two such files.
	for _, want := range []bool{true, true, false} {
		if err := upload("file", strings.Repeat("x", 1000), "expires_after[anchor]", "created_at"); (err == nil) != want {
			t.Error(err)
		}
	}
	for _, f := range field[[]map[string]any](t, h.get("/v1/files"), "data") {
		if _, err := h.call(http.MethodDelete, fmt.Sprint("/v1/files/", f["id"]), "", "", ""); err != nil {
			t.Error(err)
		}
	}
	if got := h.space.left.Load(); got != 5000 {
		t.Errorf("%d bytes are left", got)
	}
}

// A batch goes on although its file is deleted, and without space its records fail.
func TestBatchWithoutFileAndSpace(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		file := h.upload(tenLines())
		id := h.create("xai", file, "batch-latency=10s")
		_ = must(h.call(http.MethodDelete, "/v1/files/"+file, "", "", ""))
		h.space.left.Store(1)
		time.Sleep(time.Minute)
		text := h.get("/v1/batches/" + id)
		if got := stateOf(t, text); got != "10 0 0 10 0" {
			t.Error(text)
		}
		h.Close()
	})
}

func TestBlob(t *testing.T) {
	t.Parallel()
	var b blob
	var want bytes.Buffer
	for n := range 300 {
		piece := bytes.Repeat([]byte{byte(n)}, n*n%9000)
		_, _ = io.MultiWriter(&b, &want).Write(piece)
	}
	was := b.snapshot()
	_, _ = b.Write([]byte("more"))
	if err := iotest.TestReader(was.reader(0, was.size), want.Bytes()); err != nil {
		t.Error(err)
	}
	if err := iotest.TestReader(was.reader(4095, 70_001), want.Bytes()[4095:70_001]); err != nil {
		t.Error(err)
	}
}

// FuzzRecords reads every file: its records are objects with a body and ids of their own, or it is refused with a reason.
func FuzzRecords(f *testing.F) {
	f.Add([]byte(tenLines()))
	f.Add([]byte(line("a", "{}") + "\r\n \n" + line("a", `{"model":"unknown"}`)))
	f.Add([]byte(strings.TrimSuffix(line("a", `{"x":"\u0000"}`), "\n")))
	f.Fuzz(func(t *testing.T, content []byte) {
		var b blob
		_, _ = b.Write(content)
		r := recordReader{limits: limits{line: 200, records: 5}, supports: func(model string) bool { return model != "unknown" }}
		r.read(&b)
		if len(r.records) == 0 && len(r.problems) == 0 {
			t.Fatal("neither records nor problems")
		}
		ids := map[string]bool{}
		for _, one := range r.records {
			ids[one.customID] = true
			if body := one.body(&b); len(body) == 0 || body[0] != '{' || !json.Valid(body) {
				t.Fatalf("%q has the body %q", content[one.start:one.end], body)
			}
		}
		if len(ids) != len(r.records) {
			t.Fatalf("%d ids of %d records", len(ids), len(r.records))
		}
	})
}
