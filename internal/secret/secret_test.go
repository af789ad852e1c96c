package secret_test

import (
	"fmt"
	neturl "net/url"
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
	for _, v := range []string{"inner-key1", "outer-inner-key1-outer", " padded-key1\n", "short", "", "k1", "k3y-7a", "12345678", "not-needed", "lm-studio", "password", "sk_live_abc"} {
		r.Add(v)
	}
	for text, want := range map[string]string{
		"":                                       "",
		"nothing":                                "nothing",
		"a short one":                            "a short one",
		"not-needed, lm-studio and password":     "not-needed, lm-studio and password",
		"inner-key1, inner-key1":                 "*****, *****",
		"outer-inner-key1-outer":                 "*****",
		"padded-key1.":                           "*****.",
		"inner-ke":                               "inner-ke",
		"is k3y-7a, not k1":                      "is *****, not k1",
		"sk_live_abc":                            "*****",
		"12345678, 1712345678, 12345678.":        "*****, 1712345678, *****.",
		`{"n":12345678,"s":"\n12345678"}`:        `{"n":12345678,"s":"\n*****"}`,
		`{"n":12345678,"s":"12345678"`:           `{"n":*****,"s":"*****"`,
		"x outer-inner-key1-outerinner-key1 end": "x ********** end",
	} {
		if got := r.String(text); got != want && text[0] != '{' {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
		if got := string(r.Bytes([]byte(text))); got != want {
			t.Errorf("bytes of %q: %q, want %q", text, got, want)
		}
	}
	var none *secret.Redactor
	if none.String("inner-key1") != "inner-key1" || string(none.Bytes([]byte("inner-key1"))) != "inner-key1" {
		t.Error("a nil redactor knows no secrets")
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	var r secret.Redactor
	r.Add("sk-key-1/2")
	r.Add("12345678")
	for text, want := range map[string]string{
		`{"a":"x sk-key-1/2 y"}`:                             `{"a":"x ***** y"}`,
		`{"a":"x sk-key-1\/2 y"}`:                            `{"a":"x ***** y"}`,
		`{"a":"\u0073k-key-1/2"}`:                            `{"a":"*****"}`,
		`{"\u0073k-key-1/2":[1,"\n"]}`:                       `{"*****":[1,"\n"]}`,
		`{"a":"{\"b\":\"\\u0073k-key-1/2\"}"}`:               `{"a":"{\"b\":\"*****\"}"}`,
		`{"a":"caf\u00e9 \"q\""}`:                            `{"a":"caf\u00e9 \"q\""}`,
		`not json "\u0073k-key-1/2`:                          `not json "\u0073k-key-1/2`,
		`{"big":12345678901234567890}`:                       `{"big":12345678901234567890}`,
		`{"created":1712345678,"n":12345678}`:                `{"created":1712345678,"n":12345678}`,
		`{"n":12345678,"s":"is 12345678"}`:                   `{"n":12345678,"s":"is *****"}`,
		`{"n":12345678,"12345678":"[12345678, 1712345678]"}`: `{"n":12345678,"*****":"[*****, 1712345678]"}`,
	} {
		if got := string(r.JSON([]byte(text))); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
}

func TestNamed(t *testing.T) {
	for name, want := range map[string]bool{
		"Authorization": true, "X-Api-Key": true, "api-key": true, "Set-Cookie": true, "X-Auth": true, "access_token": true, "Proxy-Authorization": true,
		"X-Ratelimit-Limit-Tokens": false, "X-RateLimit-Remaining-Tokens-Minute": false, "X-Ratelimit-Bypass-Token": true, "X-Tokens": true,
		"X-Jwt": true, "X-Session": true, "X-SessionId": true, "X-Access-Token": true, "X-Access": true, "Ocp-Apim-Subscription-Key": true,
		"X-Pwd": true, "Db-Passwd": true, "X-Pass": true, "XAI_API_KEY": true, "PGPASSWORD": true, "X-Bearer": true, "apiKey": true, "sessionid": true,
		"X-Authentication": true, "X-Auth2": true, "X-Oauth2": true, "X-Key2": true, "X-Api-Key2": true, "X-Jwtassertion": true, "X-Signed-Access2": true,
		"X-Authn": true, "X-Passcode": true, "X-Sessid": true, "PHPSESSID": true, "X-Token10": true, "Www-Authenticate": false, "X-Author2": false,
		"Access-Control-Allow-Origin": false, "X-Author": false, "X-Bypass": false, "X-Keyword": false, "X-Compass": false, "X-Monkey": true,
		"Content-Type": false, "X-Team": false, "User-Agent": false, "api-version": false, "X-Request-Id": false,
	} {
		if got := secret.Named(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}

// TestBasic checks that the credentials of a URL or a header are found, encoded and not.
func TestBasic(t *testing.T) {
	t.Parallel()
	var url, header secret.Redactor
	url.AddURL(&neturl.URL{User: neturl.UserPassword("bob", "hunter2secret99")})
	header.AddHeader("Basic Ym9iOmh1bnRlcjJzZWNyZXQ5OQ==")
	for _, r := range []*secret.Redactor{&url, &header} {
		if got := r.String("Basic Ym9iOmh1bnRlcjJzZWNyZXQ5OQ== is hunter2secret99"); got != "Basic ***** is *****" && got != "***** is *****" {
			t.Error(got)
		}
	}
}
