package cassette

import (
	"bytes"
	"strings"
	"testing"
)

func TestNearest(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("äöü ", 30)
	recorded := []string{
		`{"model":"a","messages":[{"role":"user","content":"What is 2 + 2?"}]}`,
		`{"model":"a","messages":[{"role":"system","content":"` + long + `1` + long + `"},{"role":"user","content":"Hi"}],"seed":7}`,
		`not JSON`,
	}
	for body, want := range map[string][]string{
		`{"model":"a","messages":[{"role":"user","content":"What is 2 + 3?"}],"temperature":0}`: {
			`messages[0].content: recorded "What is 2 + 2?", sent "What is 2 + 3?"`, `temperature: recorded nothing, sent 0`,
		},
		`{"messages":[{"role":"system","content":"` + long + `2` + long + `"},{"role":"user","content":"Hi"}],"model":"b","x.y":{"":[]}}`: {
			`messages[0].content: recorded …äöü äöü äöü 1äöü äöü äöü äöü äöü äö…, sent …äöü äöü äöü 2äöü äöü äöü äöü äöü äö…`,
			`model: recorded "a", sent "b"`, `["x.y"][""]: recorded nothing, sent []`, `seed: recorded 7, sent nothing`,
		},
		`not XML`: {`the body: recorded "not JSON", sent "not XML"`},
		`{"a":1,"b":2,"c":3,"d":4,"e":5,"f":6,"model":"a","messages":[{"role":"user","content":"What is 2 + 2?"}]}`: {
			"a: recorded nothing, sent 1", "b: recorded nothing, sent 2", "c: recorded nothing, sent 3", "d: recorded nothing, sent 4", "e: recorded nothing, sent 5", "and 1 more",
		},
	} {
		var file bytes.Buffer
		for _, body := range recorded {
			x := &exchange{method: "POST", path: "/p", sent: []byte(body), failure: "none"}
			file.Write(x.line())
		}
		e := &MissError{File: "f"}
		if err := e.explain(bytes.NewReader(file.Bytes()), &exchange{method: "POST", path: "/p", sent: []byte(body)}); err != nil {
			t.Error(err)
		}
		if got := strings.Join(e.Differences, "\n"); got != strings.Join(want, "\n") {
			t.Errorf("%s\n%s\nwant\n%s", body, got, strings.Join(want, "\n"))
		}
	}
	e := &MissError{File: "f"}
	if err := e.explain(strings.NewReader("x\n"), &exchange{method: "GET", path: "/p"}); err != nil || e.Error() != "f: the request is not in it; there is no GET /p in it" {
		t.Error(e, err)
	}
}
