package input_test

import (
	"bytes"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/input"
)

// FuzzRecord reads arbitrary bytes as records. Each line that is not blank must result in one record: a request, or an
// error with a custom_id. The shards of an input must add up to all of it.
func FuzzRecord(f *testing.F) {
	for _, seed := range []string{
		"\ufeff\"a\"\r\n\r\n  \n[{\"role\":\"user\",\"content\":\"b\"}]", `{"custom_id":"","prompt":"x"}`, `{"custom_id":null,"prompt":"x"}`,
		`{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"messages":[{"role":"user","content":"x"}],"stream":true}}`,
		`{"messages":[]}`, `{"prompt":1}`, `{"body":[]}`, "null\n1\n\x00\n\xff\n{", `"\ud800"`, "\v", "\ufeff",
		"\ufeff\"a\"\n\ufeff\"b\"\n\n\ufeff\n", "\xff\xfe\"\x00", "\"\x00a\x00\"\x00",
	} {
		f.Add([]byte(seed), false)
		f.Add([]byte(seed), true)
	}
	f.Fuzz(func(t *testing.T, text []byte, lines bool) {
		want := 0
		for line := range bytes.SplitSeq(text, []byte("\n")) {
			if len(bytes.TrimSpace(bytes.TrimPrefix(line, []byte("\ufeff")))) > 0 {
				want++
			}
		}
		size := 0
		reader := input.Records{Lines: lines, LineRead: func(n int) { size += n }}
		all := records(t, &reader, text)
		if len(all) != want || size != len(text) {
			t.Errorf("%d records of %d bytes, want %d of %d", len(all), size, want, len(text))
		}
		sharded := 0
		for k := range int64(3) {
			part := records(t, &input.Records{Lines: lines, Shard: k + 1, Shards: 3}, text)
			for _, record := range part {
				if (record.Line-1)%3 != k {
					t.Errorf("line %d is in shard %d", record.Line, k+1)
				}
			}
			sharded += len(part)
		}
		if sharded != want {
			t.Errorf("the shards hold %d records of %d", sharded, want)
		}
	})
}

func records(t *testing.T, reader *input.Records, text []byte) (all []*input.Record) {
	t.Helper()
	last := int64(0)
	for record, err := range reader.All(t.Context(), bytes.NewReader(text)) {
		if err != nil && failure.Of(err).Kind == failure.Usage {
			t.Skip(err)
		}
		if err != nil {
			t.Fatal(err)
		}
		if record.Line <= last || record.CustomID == "" || record.Err == nil && record.Prompt == nil && len(record.Messages) == 0 {
			t.Errorf("line %d after %d: %+v", record.Line, last, record)
		}
		last = record.Line
		all = append(all, record)
	}
	return all
}
