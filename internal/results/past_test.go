package results_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/results"
)

// TestFlippedBits flips each bit of a result. If the line is still accepted as a result, the bit belongs to the
// server's response, and the fields that identify the record and its request are unchanged.
func TestFlippedBits(t *testing.T) {
	t.Parallel()
	for _, good := range []string{line("a", nil), line("b", &failure.Report{Kind: failure.Refused, Message: "no"})} {
		var want, got struct {
			ID       string `json:"id"`
			CustomID string `json:"custom_id"`
			Line     int64
			Hash     string
		}
		good = strings.TrimSuffix(good, "\n")
		if err := json.Unmarshal([]byte(good), &want); err != nil {
			t.Fatalf("%v: %s", err, good)
		}
		for i := range good {
			for bit := range 8 {
				damaged := []byte(good)
				damaged[i] ^= 1 << bit
				if !results.IsResult(damaged) {
					continue
				}
				got.ID, got.CustomID = "", ""
				if err := json.Unmarshal(damaged, &got); err != nil || got != want {
					t.Errorf("bit %d of byte %d, %v: %s", bit, i, err, damaged)
				}
			}
		}
	}
}

// TestGluedLines checks that a line joined from the beginning of one result and the end of another is no result.
func TestGluedLines(t *testing.T) {
	t.Parallel()
	result := &results.Result{CustomID: "two", Line: 8, Hash: results.Hash{4}}
	result.Response = results.Response{Status: 200, Body: []byte(`{"choices":[{"message":{"content":"some text"}}]}`), Attempts: 1}
	one, two := []byte(strings.TrimSuffix(line("one", nil), "\n")), result.AppendLine(nil)
	two = two[:len(two)-1]
	for i := range one {
		for j := range two {
			glued := slices.Concat(one[:i], two[j:])
			if results.IsResult(glued) && !bytes.Equal(glued, one) && !bytes.Equal(glued, two) {
				t.Fatalf("a result made of two: %s", glued)
			}
		}
	}
}

// TestNoResults checks that Scan refuses JSON lines that are not results of a batch, and reports the line number.
func TestNoResults(t *testing.T) {
	t.Parallel()
	good := line("a", nil)
	for _, other := range []string{
		`{}`, `[]`, `null`, `"x"`, `{"custom_id":"x"}`,
		`{"custom_id":"x","response":null,"error":null}`,
		`{"custom_id":"x","response":1,"error":null}`,
		`{"custom_id":"x","response":{},"error":"no"}`,
		`{"custom_id":7,"response":{},"error":null}`,
		`{"custom_id":"","response":{},"error":null}`,
		`{"custom_id":"x","custom_id":"y","response":{},"error":null}`,
		`{"custom_id":"x","response":{"body":1,"body":2},"error":null}`,
		`{"custom_id":"x","response":{},"error":null,"line":1}`,
		`{"custom_id":"x","response":{},"error":null} {}`,
		"{\"custom_id\":\"x\",\"response\":{\"body\":\"\x00\"},\"error\":null}",
		strings.TrimSuffix(good, "\n") + strings.TrimSuffix(good, "\n"),
		strings.Replace(good, `,"attempts":2`, "", 1),
		strings.Replace(good, `,"error":null`, "", 1),
		strings.Replace(good, `"request_id"`, `"request_ie"`, 1),
	} {
		_, err := results.Scan(strings.NewReader(good+other+"\n"), results.Retryable)
		if foreign := new(results.NotResultError); !errors.As(err, &foreign) || foreign.Line != 2 {
			t.Errorf("%v: %s", err, other)
		}
	}
}

// TestResultsOfOthers checks that results of other tools, and of versions with fewer or more fields, are accepted.
func TestResultsOfOthers(t *testing.T) {
	t.Parallel()
	good := line("a", nil)
	for _, other := range []string{
		`{"custom_id":"x","response":{}}`,
		` {"error":null,"response":{"status_code":200},"custom_id":"x","new":[1]} `,
		`{"id":"batch_req_1","custom_id":"x","response":null,"error":{"code":"c","message":"m"}}`,
		strings.TrimSuffix(good, "\n"),
		strings.Replace(good, `,"hash"`, `,"duration_ms":12,"cost_in_usd":0.5,"hash"`, 1),
		strings.Replace(good, `,"hash"`, `,"batch_id":"b","hash"`, 1),
	} {
		if !results.IsResult([]byte(other)) {
			t.Errorf("no result: %s", other)
		}
	}
}
