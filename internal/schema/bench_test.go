package schema_test

import (
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/schema"
)

const (
	benchSchema = `{"type":"object","properties":{"id":{"type":"integer","minimum":1},"title":{"type":"string","maxLength":80},` +
		`"price":{"type":"number","minimum":0},"kind":{"enum":["bug","feature","question"]},` +
		`"tags":{"type":"array","items":{"type":"string"},"maxItems":10}},` +
		`"required":["id","title","price","kind","tags"],"additionalProperties":false}`
	benchInstance = `{"id":17,"title":"Lines are cut at 80 columns","price":19.99,"kind":"bug","tags":["terminal","width","render"]}`
)

func BenchmarkCompile(b *testing.B) {
	for b.Loop() {
		if _, err := schema.Compile([]byte(benchSchema)); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkCheck(b *testing.B) {
	s, err := schema.Compile([]byte(benchSchema))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if bad := s.Check([]byte(benchInstance)); bad != nil {
			b.Fatal(bad)
		}
	}
}

func BenchmarkCheckMismatch(b *testing.B) {
	s, err := schema.Compile([]byte(benchSchema))
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		if bad := s.Check([]byte(`{"id":0,"title":"x","price":"19.99","kind":"bug","tags":[1]}`)); len(bad) != 3 {
			b.Fatal(bad)
		}
	}
}
