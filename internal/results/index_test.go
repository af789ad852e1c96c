package results_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/results"
)

// TestIndex finds results wherever they are in the file, the right one of several with an id, and all in the order of their
// lines.
func TestIndex(t *testing.T) {
	t.Parallel()
	var text []byte
	add := func(id string, line int64, size int) {
		body := []byte(`{"text":"` + strings.Repeat("x", size) + `"}`)
		r := results.Result{CustomID: id, Line: line, Response: results.Response{Status: 200, Body: body}}
		text = r.AppendLine(text)
	}
	const count = 500
	for i := range count {
		add(fmt.Sprint("r", (i*7)%count), int64((i*7)%count)+1, i%100*1000)
	}
	add("r3", 1000, 5)
	name := filepath.Join(t.TempDir(), "results")
	if err := os.WriteFile(name, append(text, `{"torn`...), 0o600); err != nil {
		t.Fatal(err)
	}
	file, err := results.OpenFile(name, true, false, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = file.Close() }()
	index, err := file.Index(false, count)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		id         string
		line, want int64
	}{{"r0", 1, 1}, {"r499", 500, 500}, {"r3", 4, 4}, {"r3", 1000, 1000}, {"r3", 7, 4}, {"r250", 9, 251}, {"none", 1, 0}} {
		found, ok, err := index.Find(c.id, c.line)
		if err != nil || ok != (c.want != 0) || found.Line != c.want || ok && found.CustomID != c.id {
			t.Errorf("%s, line %d: %d %v %v", c.id, c.line, found.Line, ok, err)
		}
	}
	if index, err = file.Index(true, count); err != nil {
		t.Fatal(err)
	}
	last, seen := int64(0), 0
	for found, err := range index.All() {
		if err != nil || found.Line <= last {
			t.Fatal(found.Line, last, err)
		}
		last = found.Line
		seen++
	}
	if seen != count+1 {
		t.Error(seen)
	}
}
