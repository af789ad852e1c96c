package rawjson_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// FuzzObject compares the scanner with encoding/json on the same text.
func FuzzObject(f *testing.F) {
	for _, seed := range []string{`{"a":1}`, ` { "a\"b" : [ {} , "x\\" ] ,"a":{"b":"]}"}} `, `[1, "a", {"b":[]}]`, `{}`, `{"":""}`, `{"a":1`, `x`, `[-0.5e+3, 01, 1., .5, true, nul]`, `"\\u00e9\\x"`, "\"\t\"", `{"a":}`, `[1,]`, "\ufeff{}", "\ufeff\ufeff1"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		obj, err := rawjson.ParseObject([]byte(in))
		var want map[string]json.RawMessage
		if wantErr := json.Unmarshal([]byte(in), &want); (wantErr == nil && want != nil) != (err == nil) {
			t.Fatalf("%q: %v, want %v", in, err, wantErr)
		}
		for key, value := range want {
			if !bytes.Equal(obj.Get(key), value) {
				t.Errorf("%q: %q is %s, want %s", in, key, obj.Get(key), value)
			}
		}
		var compacted bytes.Buffer
		unmarked := strings.TrimPrefix(in, "\ufeff")
		if got, compactErr := rawjson.Compact([]byte(in)); (json.Compact(&compacted, []byte(unmarked)) == nil) != (compactErr == nil) || compactErr == nil && !bytes.Equal(got, compacted.Bytes()) {
			t.Errorf("%q: %s, want %s", in, got, compacted.Bytes())
		}
		c := rawjson.Read([]byte(in))
		if got := read(t, &c); c.End() != json.Valid([]byte(in)) || c.End() && !reflect.DeepEqual(got, decoded(in)) {
			t.Errorf("%q: %v, valid is %v", in, got, c.End())
		}
		c = rawjson.Read([]byte(in))
		if leave(&c); c.End() != json.Valid([]byte(in)) {
			t.Errorf("%q: left early, valid is %v", in, c.End())
		}
	})
}

// FuzzArray splits an array into its elements, joins them again, and compares the result with the original.
func FuzzArray(f *testing.F) {
	f.Add(` [ "a,b" , {"c":[1, 2]},[] ]`)
	f.Fuzz(func(t *testing.T, in string) {
		elements, ok := rawjson.Elements([]byte(in))
		if !ok {
			return
		}
		want, _ := rawjson.Compact([]byte(in))
		if got, err := rawjson.Compact(rawjson.Array(elements)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%q: %s, %v", in, got, err)
		}
	})
}

// read decodes a value through a cursor, in the form in which encoding/json decodes it.
func read(t *testing.T, c *rawjson.Cursor) any {
	t.Helper()
	switch c.Next() {
	case '{':
		all := map[string]any{}
		for key := range c.Members() {
			all[string(key)] = read(t, c)
		}
		return all
	case '[':
		all := []any{}
		for index := range c.Elements() {
			if all = append(all, read(t, c)); index != len(all)-1 {
				t.Errorf("place %d of %d", index, len(all))
			}
		}
		return all
	case '"':
		s, _ := c.Text()
		return s
	}
	return decoded(string(c.Value()))
}

func decoded(in string) (v any) {
	dec := json.NewDecoder(strings.NewReader(in))
	dec.UseNumber()
	// Invalid JSON decodes to nil.
	_ = dec.Decode(&v)
	return v
}

// leave leaves every loop during its first iteration.
func leave(c *rawjson.Cursor) {
	for range c.Members() {
		leave(c)
		return
	}
}
