package rawjson_test

import (
	"bytes"
	"encoding/json"
	"reflect"
	"strings"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// FuzzObject holds the scanner to what encoding/json reads of the same text.
func FuzzObject(f *testing.F) {
	for _, seed := range []string{`{"a":1}`, ` { "a\"b" : [ {} , "x\\" ] ,"a":{"b":"]}"}} `, `[1, "a", {"b":[]}]`, `{}`, `{"":""}`, `{"a":1`, `x`, `[-0.5e+3, 01, 1., .5, true, nul]`, `"\\u00e9\\x"`, "\"\t\"", `{"a":}`, `[1,]`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, in string) {
		obj, err := rawjson.ParseObject([]byte(in))
		var want map[string]json.RawMessage
		if bad := json.Unmarshal([]byte(in), &want); (bad == nil && want != nil) != (err == nil) {
			t.Fatalf("%q: %v, want %v", in, err, bad)
		}
		for key, value := range want {
			if !bytes.Equal(obj.Get(key), value) {
				t.Errorf("%q: %q is %s, want %s", in, key, obj.Get(key), value)
			}
		}
		var plain bytes.Buffer
		if got, bad := rawjson.Compact([]byte(in)); (json.Compact(&plain, []byte(in)) == nil) != (bad == nil) || bad == nil && !bytes.Equal(got, plain.Bytes()) {
			t.Errorf("%q: %s, want %s", in, got, plain.Bytes())
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

// FuzzArray holds an array that is taken apart and written again to what it was.
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

// read reads all of a value as encoding/json does.
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
		for place := range c.Elements() {
			if all = append(all, read(t, c)); place != len(all)-1 {
				t.Errorf("place %d of %d", place, len(all))
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
	// What is no JSON is nil.
	_ = dec.Decode(&v)
	return v
}

// leave leaves every loop after its first step.
func leave(c *rawjson.Cursor) {
	for range c.Members() {
		leave(c)
		return
	}
}
