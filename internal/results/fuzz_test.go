package results_test

import (
	"bytes"
	"encoding/json"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/results"
)

// FuzzScan scans arbitrary bytes. Either the file is refused, or the first good line of each record is kept exactly
// once, whatever the end of the file looks like.
func FuzzScan(f *testing.F) {
	good := line("a", nil)
	f.Add([]byte(good + line("b", &failure.Report{Kind: failure.Server, Retryable: true}) + good[:40]))
	f.Add([]byte(good + good + line("b", &failure.Report{Kind: failure.Refused})))
	f.Add([]byte(good + line("b", nil)[:len(good)-1]))
	f.Add([]byte("\n\n" + good + `{"custom_id":"x","response":null}`))
	f.Add([]byte(`{"custom_id":"x","response":{},"error":{"code":"c","message":"m"}}` + "\r\n"))
	f.Add([]byte("{\"custom_id\":\"x\",\"response\":1,\"hash\":\"zz\"}\n\x00\x00"))
	f.Fuzz(func(t *testing.T, text []byte) {
		resume, err := results.Scan(bytes.NewReader(text), results.Retryable)
		if err != nil {
			return
		}
		result := keptText(t, resume, text)
		want := survivors(text)
		var got []string
		for line := range strings.Lines(result) {
			if strings.TrimSpace(line) != "" {
				got = append(got, strings.TrimSuffix(line, "\n"))
			}
		}
		if strings.Join(got, "\n") != strings.Join(want, "\n") || int(resume.Done) != len(want) {
			t.Errorf("kept %q\nwant %q\n%+v", got, want, resume)
		}
		rescanned, err := results.Scan(strings.NewReader(result), results.Retryable)
		if err != nil || rescanned.Drop != 0 || rescanned.Done != resume.Done || rescanned.Failed != resume.Failed || rescanned.NeedsNewline {
			t.Errorf("the second time: %+v, %v, after %+v", rescanned, err, resume)
		}
	})
}

// keptText returns the content of a file after results.File.Continue.
func keptText(t *testing.T, resume *results.Resume, text []byte) string {
	t.Helper()
	var result bytes.Buffer
	if resume.Drop > 0 {
		if err := resume.Copy(bytes.NewReader(text), &result); err != nil {
			t.Fatal(err)
		}
		return result.String()
	}
	result.Write(text[:resume.End])
	if resume.NeedsNewline {
		result.WriteByte('\n')
	}
	return result.String()
}

// survivors returns the lines that must be kept if all complete lines are results. It uses only encoding/json.
func survivors(text []byte) (want []string) {
	seen := map[string]bool{}
	for line := range bytes.SplitSeq(text, []byte("\n")) {
		if _, err := results.Scan(bytes.NewReader(append(bytes.Clone(line), '\n')), results.Retryable); err != nil {
			// Only the last line can be incomplete.
			continue
		}
		var result struct {
			CustomID string `json:"custom_id"`
			Error    *struct {
				Kind      string `json:"kind"`
				Retryable bool   `json:"retryable"`
			} `json:"error"`
		}
		if json.Unmarshal(line, &result) != nil || result.CustomID == "" || seen[result.CustomID] {
			continue
		}
		if result.Error != nil && (result.Error.Retryable || result.Error.Kind == "record") {
			continue
		}
		seen[result.CustomID] = true
		want = append(want, string(line))
	}
	return want
}

func line(id string, report *failure.Report) string {
	result := &results.Result{CustomID: id, Line: 7, Hash: results.Hash{1, 2, 3}}
	result.Response = results.Response{Status: 200, RequestID: "r", Body: []byte(`{"choices":[]}`), Failure: report, Attempts: 2}
	return string(result.AppendLine(nil))
}

// FuzzResult checks that any result is written as one line of JSON, and that Scan reads the same values from it.
func FuzzResult(f *testing.F) {
	f.Add("a", "r", []byte(`{"x":1}`), int64(3), 1, false, false)
	f.Add("q\"\\\n\u2028<", "", []byte(`"},\"error\":null,\"line\":1"`), int64(1<<60), 9, true, true)
	f.Add("é\x00", "r", []byte(`{"custom_id":"other"}`), int64(1), 0, true, false)
	f.Fuzz(func(t *testing.T, id, requestID string, body []byte, line int64, attempts int, failed, retryable bool) {
		var compact bytes.Buffer
		if id == "" || !utf8.ValidString(id) || attempts < 0 || attempts > 1<<20 || json.Compact(&compact, body) != nil {
			return
		}
		result := &results.Result{CustomID: id, Line: line, Hash: results.Hash{255}}
		result.Response = results.Response{Status: 200, RequestID: requestID, Body: compact.Bytes(), Attempts: attempts}
		if failed {
			result.Failure = &failure.Report{Kind: failure.Server, Message: id, Code: requestID, Retryable: retryable}
		}
		text := result.AppendLine(nil)
		if !json.Valid(text) || bytes.Count(text, []byte("\n")) != 1 {
			t.Fatalf("no line of JSON: %s", text)
		}
		resume, err := results.Scan(io.MultiReader(bytes.NewReader(text), bytes.NewReader(text[:len(text)/2])), results.Retryable)
		if err != nil || resume.End != int64(len(text)) || resume.NeedsNewline {
			t.Fatalf("%+v, %v of %s", resume, err, text)
		}
		if retry := failed && retryable; retry != (resume.Drop == 1) || retry == (resume.Done == 1) || (failed && !retry) != (resume.Failed == 1) {
			t.Errorf("%+v of %s", resume, text)
		}
	})
}
