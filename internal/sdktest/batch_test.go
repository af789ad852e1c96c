package sdktest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/openai/openai-go/v3"
	"github.com/openai/openai-go/v3/option"
)

// newBatch uploads three records, of which the API refuses the last one, and creates a batch of them.
func newBatch(t *testing.T, c *openai.Client, more ...option.RequestOption) *openai.Batch {
	t.Helper()
	var lines bytes.Buffer
	for i, messages := range []string{`[{"role":"user","content":"one"}]`, `[{"role":"user","content":"two"}]`, `[]`} {
		fmt.Fprintf(&lines, `{"custom_id":"r%d","method":"POST","url":"/v1/chat/completions","body":{"model":"echo","messages":%s}}`+"\n", i, messages)
	}
	size := int64(lines.Len())
	file, err := c.Files.New(t.Context(), openai.FileNewParams{
		File: openai.File(&lines, "in.jsonl", "application/jsonl"), Purpose: openai.FilePurposeBatch,
		ExpiresAfter: openai.FileNewParamsExpiresAfter{Seconds: 3600},
	})
	if err != nil || file.Bytes != size || file.Filename != "in.jsonl" || file.Purpose != openai.FileObjectPurposeBatch {
		t.Fatal(file, err)
	}
	b, err := c.Batches.New(t.Context(), openai.BatchNewParams{
		CompletionWindow: openai.BatchNewParamsCompletionWindow24h, Endpoint: openai.BatchNewParamsEndpointV1ChatCompletions,
		InputFileID: file.ID, Metadata: map[string]string{"run": "7"},
	}, more...)
	if err != nil || b.Status != openai.BatchStatusValidating || b.RequestCounts.Total != 0 || b.Metadata["run"] != "7" {
		t.Fatal(b, err)
	}
	return b
}

// await returns a batch once it has a status.
func await(t *testing.T, c *openai.Client, id string, status openai.BatchStatus) *openai.Batch {
	t.Helper()
	for {
		b, err := c.Batches.Get(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		if b.Status == status {
			return b
		}
		time.Sleep(10 * time.Millisecond)
	}
}

func batches(t *testing.T, url string) {
	c := client(url, "")
	b := await(t, &c, newBatch(t, &c).ID, openai.BatchStatusCompleted)
	if n := b.RequestCounts; n.Total != 3 || n.Completed != 2 || n.Failed != 1 || b.CompletedAt == 0 || b.FailedAt != 0 {
		t.Errorf("%+v", b)
	}
	for id, want := range map[string]int{b.OutputFileID: 2, b.ErrorFileID: 1, b.InputFileID: 3} {
		content, err := c.Files.Content(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		text, err := io.ReadAll(content.Body)
		if err != nil || strings.Count(string(text), "\n") != want || content.Body.Close() != nil {
			t.Errorf("%s: %s, %v", id, text, err)
		}
	}
	other := newBatch(t, &c)
	seen := map[string]bool{}
	for pages := c.Batches.ListAutoPaging(t.Context(), openai.BatchListParams{Limit: openai.Int(1)}); pages.Next(); {
		seen[pages.Current().ID] = true
	}
	if !seen[b.ID] || !seen[other.ID] {
		t.Error(seen)
	}
	files := 0
	for pages := c.Files.ListAutoPaging(t.Context(), openai.FileListParams{Limit: openai.Int(2), Purpose: openai.String("batch")}); pages.Next(); {
		files++
	}
	if files < 2 {
		t.Errorf("%d files", files)
	}
	if gone, err := c.Files.Delete(t.Context(), b.InputFileID); err != nil || !gone.Deleted {
		t.Errorf("%+v, %v", gone, err)
	}
	status := 0
	if _, err := c.Files.Get(t.Context(), b.InputFileID, seeing(&status)); err == nil || status != 404 {
		t.Errorf("%d, %v", status, err)
	}
}

// cancelledBatch cancels a batch that has just begun.
func cancelledBatch(t *testing.T, url string) {
	c := client(url, "")
	b := newBatch(t, &c, option.WithQuery("batch-latency", "2s"))
	b, err := c.Batches.Cancel(t.Context(), b.ID)
	if err != nil || b.Status != openai.BatchStatusCancelling {
		t.Fatal(b, err)
	}
	if b = await(t, &c, b.ID, openai.BatchStatusCancelled); b.CancelledAt == 0 {
		t.Errorf("%+v", b)
	}
	_, err = c.Batches.Cancel(t.Context(), b.ID, option.WithMaxRetries(0))
	if refused, ok := errors.AsType[*openai.Error](err); !ok || refused.StatusCode != 409 || refused.Message != "A batch that has ended can't be cancelled." {
		t.Errorf("%#v", err)
	}
}
