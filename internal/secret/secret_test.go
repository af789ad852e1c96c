package secret_test

import (
	"fmt"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/secret"
)

func TestPrintsAsStars(t *testing.T) {
	s := secret.New("test-key-12345")
	for _, format := range []string{"%s", "%v", "%+v", "%#v", "%q", "%x"} {
		if got := fmt.Sprintf(format, s); got != "*****" && got != `"*****"` && got != "2a2a2a2a2a" {
			t.Errorf("%s: %s", format, got)
		}
	}
	if s.Reveal() != "test-key-12345" || s.Empty() || !secret.New("").Empty() {
		t.Error("not what it was made of")
	}
}

func TestRedactor(t *testing.T) {
	var r secret.Redactor
	for _, v := range []string{"inner-key", "outer-inner-key-outer", " padded-key\n", "short", ""} {
		r.Add(v)
	}
	for text, want := range map[string]string{
		"":                                     "",
		"nothing":                              "nothing",
		"a short one":                          "a short one",
		"inner-key, inner-key":                 "*****, *****",
		"outer-inner-key-outer":                "*****",
		"padded-key.":                          "*****.",
		"inner-ke":                             "inner-ke",
		"x outer-inner-key-outerinner-key end": "x ********** end",
	} {
		if got := r.String(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
		if got := string(r.Bytes([]byte(text))); got != want {
			t.Errorf("bytes of %q: %q, want %q", text, got, want)
		}
	}
	var none *secret.Redactor
	if none.String("inner-key") != "inner-key" || string(none.Bytes([]byte("inner-key"))) != "inner-key" {
		t.Error("a nil redactor knows no secrets")
	}
}

func TestNamed(t *testing.T) {
	for name, want := range map[string]bool{
		"Authorization": true, "X-Api-Key": true, "api-key": true, "Set-Cookie": true, "X-Auth": true, "access_token": true, "Proxy-Authorization": true,
		"X-Ratelimit-Limit-Tokens": false, "X-RateLimit-Remaining-Tokens-Minute": false, "X-Ratelimit-Bypass-Token": true, "X-Tokens": true,
		"Content-Type": false, "X-Team": false, "User-Agent": false, "api-version": false, "X-Request-Id": false,
	} {
		if got := secret.Named(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
