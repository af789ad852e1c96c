package batches

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
)

func TestResultPages(t *testing.T) {
	t.Parallel()
	h, x, _ := ended(t, tenLines(), "")
	path := "/v1/batches/" + field[string](t, x, "batch_id") + "/results"
	seen, token := map[string]bool{}, ""
	for range 4 {
		page := h.get(path + "?limit=3&pagination_token=" + token)
		for _, r := range field[[]map[string]any](t, page, "results") {
			seen[fmt.Sprint(r["batch_request_id"])] = true
		}
		next := field[*string](t, page, "pagination_token")
		if next == nil {
			token = "end"
			break
		}
		token = *next
	}
	if len(seen) != 10 || token != "end" {
		t.Error(seen, token)
	}
	if n := len(field[[]any](t, h.get(path+"?limit=100000"), "results")); n != 10 {
		t.Error(n)
	}
	for _, query := range []string{"limit=0", "limit=x", "limit=-1", "pagination_token=x", "pagination_token=11", "pagination_token=-1"} {
		if text, err := h.call(http.MethodGet, path+"?"+query, "", "", ""); err == nil {
			t.Errorf("%s: %s", query, text)
		}
	}
}

func TestLists(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		file := h.upload(tenLines())
		x, o := h.create("xai", file, ""), h.create("openai", file, "")
		synctest.Wait()
		all := h.get("/v1/batches")
		if n, m := len(field[[]any](t, all, "batches")), len(field[[]any](t, all, "data")); n != 1 || m != 1 {
			t.Error(all)
		}
		for range 4 {
			h.create("xai", file, "batch-latency=1h")
			h.create("openai", file, "batch-latency=1h")
		}
		h.lists(x, o)
		if got := h.get("/v1/files?purpose=none"); got != `{"object":"list","data":[],"first_id":null,"last_id":null,"has_more":false,"pagination_token":null}` {
			t.Error(got)
		}
		if first := field[[]map[string]any](t, h.get("/v1/files?order=asc&limit=1"), "data"); first[0]["id"] != file {
			t.Error(first)
		}
		for _, path := range []string{"/v1/batches?after=none", "/v1/batches?after=a&pagination_token=b", "/v1/files?order=up", "/v1/files?limit=0"} {
			if text, err := h.call(http.MethodGet, path, "", "", ""); err == nil {
				t.Errorf("%s: %s", path, text)
			}
		}
		h.Close()
	})
}

// lists reads the lists of five batches in each dialect, of which x and o are the oldest.
func (h *harness) lists(x, o string) {
	h.t.Helper()
	both := h.get("/v1/batches?limit=2")
	ids := []string{}
	for page := both; ; {
		for _, b := range field[[]map[string]any](h.t, page, "batches") {
			ids = append(ids, fmt.Sprint(b["batch_id"]))
		}
		next := field[*string](h.t, page, "pagination_token")
		if next == nil {
			break
		}
		page = h.get("/v1/batches?limit=2&pagination_token=" + *next)
		if strings.Contains(page, `"data"`) {
			h.t.Error(page)
		}
	}
	if len(ids) != 5 || ids[4] != x {
		h.t.Error(ids)
	}
	page := h.get("/v1/batches?limit=2&after=" + field[string](h.t, both, "last_id"))
	if strings.Contains(page, `"batches"`) || !field[bool](h.t, page, "has_more") {
		h.t.Error(page)
	}
	page = h.get("/v1/batches?after=" + field[string](h.t, page, "last_id"))
	if field[bool](h.t, page, "has_more") || field[string](h.t, page, "first_id") != o {
		h.t.Error(page)
	}
}
