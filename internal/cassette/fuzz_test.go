package cassette

import (
	"bytes"
	"encoding/json"
	"math"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// FuzzFile replays a file of arbitrary bytes. Every line that is an exchange is found by its request; those that begin
// with their key are found in their order.
func FuzzFile(f *testing.F) {
	one, two := exchangeLine(1, "a"), exchangeLine(1, "b")
	f.Add([]byte(one + two + exchangeLine(2, "c")))
	f.Add([]byte("\ufeff" + one + "\r\n" + one[:60] + "\n" + two[:len(two)-1]))
	f.Add([]byte(strings.Replace(one, `"body":1`, `"body":{"b":[1.0],"a":"\ud800"}`, 1) + strings.Replace(two, `"key"`, ` "key"`, 1)))
	f.Add([]byte(`{"request":{"method":"","path":""},"error":""}` + "\n" + `{"key":"00000000000000000000000000000000","request":{"method":"","path":""},"error":"","timeout":true}`))
	f.Add([]byte(`{"request":{"method":"GET","path":"/","base64":"/w=="},"response":{"status":200,"headers":{"a":"b","c":1},"pieces":["a","b"],"cut":true}}`))
	name := filepath.Join(f.TempDir(), "exchanges.jsonl")
	f.Fuzz(func(t *testing.T, text []byte) {
		replay := cassetteOf(written(t, name, string(text)), Replay, nil)
		replay.sequence.Name, replay.open = name, func() (*os.File, error) { return os.Open(name) }
		all, inOrder := exchangesIn(t, text)
		for _, x := range all {
			found, err := replay.replay(t.Context(), x)
			if err != nil || found.key() != x.key() || inOrder[x.key()] && !reflect.DeepEqual(found, x) {
				t.Errorf("%+v, %v, want %+v", found, err, x)
			}
		}
	})
}

// exchangesIn returns the exchanges in a file, and of which keys all of them begin with it.
func exchangesIn(t *testing.T, text []byte) (all []*exchange, inOrder map[Key]bool) {
	t.Helper()
	inOrder = map[Key]bool{}
	for value, err := range values(bytes.NewReader(text), 0, math.MaxInt) {
		if err != nil {
			t.Fatal(err)
		}
		head := bytes.TrimPrefix(value.head, []byte(byteOrderMark))
		x, err := parse(bytes.Clone(head))
		if err != nil {
			continue
		}
		all = append(all, x)
		k, _, begins := parseHead(head)
		if before, seen := inOrder[x.key()]; !seen || before {
			inOrder[x.key()] = begins && k == x.key()
		}
		if again, err := parse(x.line()); err != nil || again.key() != x.key() || !bytes.Equal(again.body, compact(x)) {
			t.Errorf("%s\nwas read as\n%s", x.line(), head)
		}
	}
	return all, inOrder
}

// compact returns the body as it is read back after writing: JSON is compacted to one line.
func compact(x *exchange) []byte {
	if line, err := rawjson.Compact(x.body); err == nil && !x.cut && utf8.Valid(x.body) && !strings.HasPrefix(x.header.Get("Content-Type"), "text/event-stream") {
		return line
	}
	return x.body
}

func TestCanonical(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		" {\"b\" : 1.0 ,\n\"a\":[ true, {} , [ ] ]}\r\n": `{"a":[true,{},[]],"b":1.0}`,
		`{"b":1,"a":2,"b":0}`:                            `{"a":2,"b":1,"b":0}`,
		`"\u0041\/\u00e9\n\u003c"`:                       `"A/é\n<"`,
		`[1,1.0,1e0,-0]`:                                 `[1,1.0,1e0,-0]`,
		`"\ud800"`:                                       `"\ud800"`,
		` null `:                                         `null`,
	} {
		if got := string(canonical(nil, []byte(text))); got != want {
			t.Errorf("%s\n%s\n%s", text, got, want)
		}
	}
}

// FuzzCanonical checks the canonical form with encoding/json: it is the same for two values exactly if they are equal.
func FuzzCanonical(f *testing.F) {
	f.Add(`{"a":1,"b":[true,null,"x"]}`, ` { "b" : [ true , null , "\u0078" ] , "\u0061" : 1 } `)
	f.Add(`[1.0,1e2,-0]`, `[1,100,0]`)
	f.Add(`{"a":"<&>\u2028\/\"\\"}`, `{"a":"\u003c&>`+"\u2028"+`/\u0022\u005c"}`)
	f.Add(`{"":{}}`, `{"":[]}`)
	f.Add(`"\ud83d\ude00"`, `"😀"`)
	f.Fuzz(func(t *testing.T, a, b string) {
		x, losslessA := decode(a)
		y, losslessB := decode(b)
		if !losslessA || !losslessB {
			return
		}
		one, other := canonical(nil, []byte(a)), canonical(nil, []byte(b))
		if bytes.Equal(one, other) != reflect.DeepEqual(x, y) {
			t.Errorf("%s\n%s", one, other)
		}
		if (KeyOf("POST", "/p", []byte(a)) == KeyOf("POST", "/p", []byte(b))) != bytes.Equal(one, other) {
			t.Errorf("the keys of %s and %s", one, other)
		}
		rewritten, err := json.MarshalIndent(x, " ", "\t")
		if err != nil {
			t.Fatal(err)
		}
		if again := canonical(nil, rewritten); !bytes.Equal(again, one) {
			t.Errorf("%s\n%s", one, again)
		}
		if again := canonical(nil, one); !bytes.Equal(again, one) {
			t.Errorf("%s\n%s", one, again)
		}
	})
}

// decode returns the value that encoding/json reads, with numbers as written. lossless is false if that loses
// something: a repeated key, or text that is not Unicode.
func decode(text string) (value any, lossless bool) {
	in := json.NewDecoder(strings.NewReader(text))
	in.UseNumber()
	if !json.Valid([]byte(text)) || in.Decode(&value) != nil {
		return nil, false
	}
	// A decoded value can always be encoded.
	again, _ := json.Marshal(value)
	return value, utf8.ValidString(text) && !strings.ContainsRune(string(again), '\uFFFD') && unique([]byte(text))
}

// unique reports whether no object repeats a key.
func unique(raw []byte) bool {
	seen := map[string]bool{}
	for _, m := range rawjson.Known(raw) {
		if seen[m.Key] || !unique(m.Value) {
			return false
		}
		seen[m.Key] = true
	}
	elements, _ := rawjson.Elements(raw)
	for _, e := range elements {
		if !unique(e) {
			return false
		}
	}
	return true
}
