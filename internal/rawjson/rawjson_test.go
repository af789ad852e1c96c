package rawjson_test

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"testing"
	"testing/iotest"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

func TestDocReadsTheSameInChunksOfAnySize(t *testing.T) {
	bin := make([]byte, 1000)
	for i := range bin {
		bin[i] = byte(i * 7)
	}
	for size := range 20 {
		var d rawjson.Doc
		d.Text(`{"url":"`)
		d.Base64(bin[:size])
		d.Text(`"}`)
		want := `{"url":"` + base64.StdEncoding.EncodeToString(bin[:size]) + `"}`
		if d.Len() != int64(len(want)) || string(d.Bytes()) != want {
			t.Fatalf("size %d: %d bytes %s", size, d.Len(), d.Bytes())
		}
		for name, r := range map[string]io.Reader{
			"whole": d.Reader(), "bytes": iotest.OneByteReader(d.Reader()),
			"halves": iotest.HalfReader(d.Reader()), "sevens": sevens{d.Reader()},
		} {
			got, err := io.ReadAll(r)
			if err != nil || string(got) != want {
				t.Errorf("size %d read in %s: %q, %v", size, name, got, err)
			}
		}
	}
}

type sevens struct{ r io.Reader }

func (s sevens) Read(p []byte) (int, error) { return s.r.Read(p[:min(7, len(p))]) }

func TestObjectKeepsEveryByteOfItsValues(t *testing.T) {
	raw := `{"z":1.50,"a": {"x" :12345678901234567890},"z":"<é>"}`
	obj, err := rawjson.ParseObject([]byte(raw))
	if err != nil {
		t.Fatal(err)
	}
	if got := string(obj.JSON()); got != `{"z":1.50,"a":{"x" :12345678901234567890},"z":"<é>"}` {
		t.Error(got)
	}
	if got := string(obj.Get("z")); got != `"<é>"` {
		t.Error(got)
	}
	if got := string(obj.With("z", []byte("2")).JSON()); got != `{"z":2,"a":{"x" :12345678901234567890}}` {
		t.Error(got)
	}
	if got := string(obj.Without("z").JSON()); got != `{"a":{"x" :12345678901234567890}}` {
		t.Error(got)
	}
}

func TestParseObjectRefuses(t *testing.T) {
	for _, raw := range []string{``, `[1]`, `{"a":1`, `{"a":1} {}`, `{"a" 1}`, `"x"`} {
		if obj, err := rawjson.ParseObject([]byte(raw)); err == nil {
			t.Errorf("%q: %v", raw, obj)
		}
	}
	if _, err := rawjson.ParseObject([]byte(`[]`)); !errors.Is(err, rawjson.ErrNotObject) {
		t.Error(err)
	}
}

func TestQuoteAndCompact(t *testing.T) {
	if got := string(rawjson.Quote("a<b>&\"\n\x00é")); got != `"a<b>&\"\n\u0000é"` {
		t.Error(got)
	}
	got, err := rawjson.Compact([]byte("\ufeff{ \"z\" : 1 ,\n \"a\": 12345678901234567890 }"))
	if err != nil || !bytes.Equal(got, []byte(`{"z":1,"a":12345678901234567890}`)) {
		t.Errorf("%s, %v", got, err)
	}
}

func TestArray(t *testing.T) {
	for want, elements := range map[string][][]byte{
		`[]`:             nil,
		`[1]`:            {[]byte("1")},
		`["a,b",{},[2]]`: {[]byte(`"a,b"`), []byte("{}"), []byte("[2]")},
	} {
		if got := rawjson.Array(elements); string(got) != want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}

func TestPosition(t *testing.T) {
	const text = "ab\n\né\n"
	for offset, want := range map[int][2]int{-1: {1, 1}, 0: {1, 1}, 2: {1, 3}, 3: {2, 1}, 4: {3, 1}, 6: {3, 3}, 7: {4, 1}, 99: {4, 1}} {
		if line, column := rawjson.Position([]byte(text), offset); [2]int{line, column} != want {
			t.Errorf("offset %d: line %d, column %d, want %v", offset, line, column, want)
		}
	}
}
