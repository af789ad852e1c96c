package batches

import (
	"net/http"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// A batch of ten records takes ten seconds: one to validate, eight or nine to run.
func TestLifeOfXAI(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		id := h.create("xai", h.upload(tenLines()), "batch-latency=10s")
		for _, c := range []struct {
			after int // ms
			want  string
		}{{0, "0 0 0 0 0"}, {900, "0 0 0 0 0"}, {1100, "10 10 0 0 0"}, {6400, "10 4 6 0 0"}, {9990, "10 1 9 0 0"}, {10010, "10 0 10 0 0"}} {
			time.Sleep(time.Duration(c.after)*time.Millisecond - time.Since(h.batch(id).created))
			synctest.Wait()
			if got := stateOf(t, h.get("/v1/batches/"+id)); got != c.want {
				t.Errorf("after %d ms: %s, want %s", c.after, got, c.want)
			}
		}
		h.Close()
	})
}

func (h *harness) batch(id string) *batch {
	b, _ := h.batches.get(id)
	return b
}

func TestLifeOfOpenAI(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		id := h.create("openai", h.upload(tenLines()), "batch-latency=10s")
		for _, c := range []struct {
			after int // ms
			want  string
		}{{0, "validating 0 0 0"}, {1100, "in_progress 10 0 0"}, {5100, "in_progress 10 5 0"}, {9100, "finalizing 10 10 0"}, {10100, "completed 10 10 0"}} {
			time.Sleep(time.Duration(c.after)*time.Millisecond - time.Since(h.batch(id).created))
			synctest.Wait()
			if got := shownBy(t, h.get("/v1/batches/"+id)); got != c.want {
				t.Errorf("after %d ms: %s, want %s", c.after, got, c.want)
			}
		}
		h.Close()
	})
}

// A batch that is cancelled keeps its results, and is being cancelled for a while.
func TestCancel(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		file := h.upload(tenLines())
		x, o := h.create("xai", file, "batch-latency=10s"), h.create("openai", file, "batch-latency=10s")
		early := h.create("xai", file, "batch-latency=10s")
		h.cancelled(early, ":cancel")
		time.Sleep(5 * time.Second)
		synctest.Wait()
		text := h.cancelled(x, ":cancel")
		if field[*string](t, text, "cancel_time") == nil || stateOf(t, text) != "10 6 4 0 0" {
			t.Error(text)
		}
		if got := shownBy(t, h.cancelled(o, "/cancel")); !strings.HasPrefix(got, "cancelling 10 ") {
			t.Error(got)
		}
		h.cancelled(o, "/cancel") // again
		time.Sleep(time.Second)
		synctest.Wait()
		if got := stateOf(t, h.get("/v1/batches/"+x)); got != "10 0 4 0 6" {
			t.Error(got)
		}
		if got := stateOf(t, h.get("/v1/batches/"+early)); got != "10 0 0 0 10" {
			t.Error(got)
		}
		if n := strings.Count(h.get("/v1/batches/"+x+"/results"), `"error":{"code":1,"message":"The batch was cancelled."}`); n != 6 {
			t.Errorf("%d results of cancelled records", n)
		}
		text = h.get("/v1/batches/" + o)
		if got := shownBy(t, text); !strings.HasPrefix(got, "cancelled 10 ") {
			t.Error(got)
		}
		done := strings.Count(h.get("/v1/files/"+field[string](t, text, "output_file_id")+"/content"), "\n")
		left := strings.Count(h.get("/v1/files/"+field[string](t, text, "error_file_id")+"/content"), `"response":null,"error":{"code":"batch_cancelled"`)
		if done+left != 10 || done == 0 || left == 0 {
			t.Errorf("%d done, %d left", done, left)
		}
		if _, err := h.call(http.MethodPost, "/v1/batches/"+o+"/cancel", "", "", ""); err == nil {
			t.Error("OpenAI cancels a batch that has ended")
		}
		if got := stateOf(t, h.cancelled(x, ":cancel")); got != "10 0 4 0 6" {
			t.Error(got)
		}
		h.Close()
	})
}

// Close ends batches that would run for hours; synctest fails the test if one goes on.
func TestClose(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		h := newHarness(t)
		id := h.create("xai", h.upload(tenLines()), "batch-latency=100h")
		cancelling := h.create("xai", h.upload(tenLines()), "batch-latency=100h")
		h.cancelled(cancelling, ":cancel")
		time.Sleep(30 * time.Hour)
		h.Close()
		if got := stateOf(t, h.get("/v1/batches/"+id)); got != "10 8 2 0 0" {
			t.Error(got)
		}
	})
}

// ended returns a batch that ran with settings, in both dialects, and its runs.
func ended(t *testing.T, content, settings string) (h *harness, x, o string) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		h = newHarness(t)
		file := h.upload(content)
		xid, oid := h.create("xai", file, settings), h.create("openai", file, settings)
		synctest.Wait()
		x, o = h.get("/v1/batches/"+xid), h.get("/v1/batches/"+oid)
	})
	h.t = t // the other one has ended
	return h, x, o
}

func TestSettings(t *testing.T) {
	t.Parallel()
	for settings, want := range map[string][2]string{
		"":                            {"10 0 10 0 0", "completed 10 10 0"},
		"batch-fail=3":                {"10 0 7 3 0", "completed 10 7 3"},
		"batch-fail=1":                {"10 0 0 10 0", "completed 10 0 10"},
		"batch-expire=4":              {"10 0 4 0 6", "expired 10 4 0"},
		"batch-expire=0":              {"10 0 0 0 10", "expired 10 0 0"},
		"batch-expire=10":             {"10 0 10 0 0", "completed 10 10 0"},
		"batch-expire=5&batch-fail=1": {"10 0 0 5 5", "expired 10 0 5"},
		"batch-reject=Bad.":           {"0 0 0 0 0", "failed 0 0 0"},
	} {
		h, x, o := ended(t, tenLines(), settings)
		if got := [2]string{stateOf(t, x), shownBy(t, o)}; got != want {
			t.Errorf("%s: %q, want %q", settings, got, want)
		}
		if strings.Contains(settings, "reject") {
			if !strings.Contains(x, `"cancel_by_xai_message":"Bad."`) || !strings.Contains(o, `"message":"Bad."`) {
				t.Errorf("%s: %s %s", settings, x, o)
			}
			continue
		}
		if until := must(time.Parse(time.RFC3339Nano, field[string](t, x, "expire_time"))); strings.Contains(o, `"expired"`) != !until.After(h.batch(field[string](t, x, "batch_id")).created) {
			t.Errorf("%s: expires at %v", settings, until)
		}
		noOutput, noErrors := strings.Contains(o, `"output_file_id":null`), strings.Contains(o, `"error_file_id":null`)
		if noOutput != strings.Contains(o, `"completed":0`) || noErrors != strings.HasSuffix(want[1], "completed 10 10 0") {
			t.Errorf("%s: %s", settings, o)
		}
	}
}

// Results are in another order than the records, which the seed tells, and each record is run once in each batch.
func TestOrder(t *testing.T) {
	t.Parallel()
	orders := map[string]bool{}
	for _, seed := range []string{"seed=0", "seed=1", "seed=1"} {
		h, _, _ := ended(t, tenLines(), seed)
		order, counts := map[string]string{}, map[Run]int{}
		for _, r := range h.runs {
			order[r.BatchID] += r.CustomID + " "
			counts[r]++
		}
		for _, one := range order {
			orders[one] = true
		}
		if len(counts) != 20 || len(h.runs) != 20 {
			t.Errorf("%s: %v", seed, counts)
		}
	}
	if len(orders) != 2 || orders["r1 r2 r3 r4 r5 r6 r7 r8 r9 r10 "] {
		t.Error(orders)
	}
}
