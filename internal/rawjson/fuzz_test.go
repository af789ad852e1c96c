package rawjson_test

import (
	"bytes"
	"encoding/json"
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
		if got := rawjson.Valid([]byte(in)); got != json.Valid([]byte(in)) {
			t.Fatalf("%q: valid is %v", in, got)
		}
		var plain bytes.Buffer
		if got, bad := rawjson.Compact([]byte(in)); (json.Compact(&plain, []byte(in)) == nil) != (bad == nil) || bad == nil && !bytes.Equal(got, plain.Bytes()) {
			t.Errorf("%q: %s, want %s", in, got, plain.Bytes())
		}
		if json.Valid([]byte(in)) {
			sameMembers(t, in, obj)
			sameElements(t, in)
		}
	})
}

func sameMembers(t *testing.T, in string, obj rawjson.Object) {
	t.Helper()
	members := 0
	for key, value := range rawjson.Members([]byte(in)) {
		if members >= len(obj) || obj[members].Key != string(key) || !bytes.Equal(obj[members].Value, value) {
			t.Errorf("%q: member %d is %q: %s", in, members, key, value)
		}
		members++
	}
	if members != len(obj) {
		t.Errorf("%q: %d members, want %d", in, members, len(obj))
	}
}

func sameElements(t *testing.T, in string) {
	t.Helper()
	got, ok := rawjson.Elements([]byte(in))
	var list []json.RawMessage
	if bad := json.Unmarshal([]byte(in), &list); (bad == nil && list != nil) != ok || len(got) != len(list) {
		t.Fatalf("%q: %d elements, want %d", in, len(got), len(list))
	}
	for i := range list {
		if !bytes.Equal(got[i], list[i]) {
			t.Errorf("%q: element %d is %s, want %s", in, i, got[i], list[i])
		}
	}
}
