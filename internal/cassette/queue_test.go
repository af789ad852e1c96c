package cassette

import (
	"fmt"
	"strings"
	"testing"
)

// TestQueue asks for answers, which have the offsets 1, 2, … in their order in the file. A question is PROCESS.NTH, with 0
// for a request without a place; an answer that comes again has a +.
func TestQueue(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ recorded, asked, want string }{
		"without places":                  {"0 0 0", "1.0 2.0 3.0 4.0", "1 2 3 3+"},
		"the same process":                {"0 0", "1.0 1.0 1.0", "1 2 2+"},
		"places, late answers":            {"3 1 2", "1.1 1.2 1.3", "2 3 1"},
		"places, asked in another order":  {"3 1 2", "1.3 1.1 1.2", "1 2 3"},
		"retries belong to their record":  {"2 1 2/2 1/2 1/3", "1.1 1.2 1.2 1.1 1.1 1.1", "2 1 3 4 5 5+"},
		"places, asked without":           {"2 1 3 2/2", "1.0 2.0 3.0 4.0 5.0", "2 1 4 3 3+"},
		"recorded without places":         {"0 0 0", "1.3 1.1 1.2", "3 1 2"},
		"the next process goes on":        {"2 1 1 2", "1.1 1.2 2.1 2.2 3.1", "2 1 3 4 4+"},
		"a shorter process first":         {"1 2 1", "1.1 1.2 2.1", "1 2 3"},
		"single ones between":             {"0 2 1 0 1", "1.0 2.1 2.2 3.0 4.1", "1 3 2 4 5"},
		"parallel processes":              {"1 1 2 2", "1.1 2.1 2.2 1.2", "1 3 2 4"},
		"one batch, many processes":       {"2 1 3", "1.1 2.1 3.1 4.1", "2 1 3 3+"},
		"parallel processes, in steps":    {"0 0 0 0", "1.1 2.1 1.2 2.2", "1 2 3 4"},
		"more than recorded":              {"1", "1.2 1.1 1.3", "1+ 1 1+"},
		"one that asks more often":        {"1 2", "1.1 1.1 1.2", "1 1+ 2"},
		"retries where there are singles": {"0 0 0", "1.1 1.1 1.1 1.1", "1 2 3 3+"},
		"a gap":                           {"2 3", "1.2 1.3 1.1", "1 2 2+"},
		"nothing":                         {"", "1.0 1.1", "none none"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var lines []indexedLine
			for i, place := range strings.Fields(c.recorded) {
				l := indexedLine{offset: int64(i + 1)}
				_, _ = fmt.Sscanf(place, "%d/%d", &l.place.Nth, &l.place.Attempt)
				lines = append(lines, l)
			}
			q := newQueue(lines)
			var got []string
			for question := range strings.FieldsSeq(c.asked) {
				var a asker
				_, _ = fmt.Sscanf(question, "%d.%d", &a.process, &a.nth)
				offset, again, ok := q.next(a)
				switch {
				case !ok:
					got = append(got, "none")
				case again:
					got = append(got, fmt.Sprintf("%d+", offset))
				default:
					got = append(got, fmt.Sprint(offset))
				}
			}
			if got := strings.Join(got, " "); got != c.want {
				t.Errorf("recorded %s, asked %s: got %s, want %s", c.recorded, c.asked, got, c.want)
			}
		})
	}
}

// TestQueueRejects checks that an answer that is none leaves the others in their order.
func TestQueueRejects(t *testing.T) {
	t.Parallel()
	q := newQueue([]indexedLine{{offset: 1}, {offset: 2}, {offset: 3}})
	for range 2 {
		q.next(asker{})
	}
	q.reject(1)
	if offset, again, _ := q.next(asker{}); offset != 3 || again {
		t.Error(offset, again)
	}
	q.reject(2)
	q.reject(3)
	if !q.isEmpty() {
		t.Error("not empty")
	}
	if _, _, ok := q.next(asker{1, 1}); ok {
		t.Error("an answer that was rejected")
	}
}
