package secret

import "testing"

func TestSameServer(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want bool
	}{
		{"https://a.example/v1", "https://A.example:443/v2?x=1", true},
		{"http://a.example", "http://a.example:80/", true},
		{"https://a.example.", "https://u:p@a.example", true},
		{"https://a.example/v1", "http://a.example/v1", false},
		{"https://a.example", "https://a.example:8443", false},
		{"https://a.example", "https://b.example", false},
		{"https://a.example", "https://a.example.evil.example", false},
		{"http://[::1]:8080", "http://[::1]:8080/v1", true},
		{"http://[::1]:8080", "http://[::1:8080]", false},
		{"https://api.x.ai/v1", "https://eu.api.x.ai/v1", true},
		{"https://api.x.ai/v1", "http://api.x.ai/v1", false},
		{"https://api.x.ai/v1", "https://api.x.ai.evil.example/v1", false},
		{"https://a.example@b.example", "https://a.example", false},
		{"offline:", "https://a.example", false},
		{"https://a b", "https://a b", false},
	} {
		if got := SameServer(c.a, c.b); got != c.want {
			t.Errorf("%s and %s: %v", c.a, c.b, got)
		}
	}
}

func TestHosts(t *testing.T) {
	t.Parallel()
	for host, want := range map[string]bool{
		"x.ai": true, "api.x.ai": true, "eu.api.x.ai": true, "API.X.AI": true, "api.x.ai.": true,
		"": false, "ai": false, "evil-x.ai": false, "evilx.ai": false, "x.ai.evil.com": false, "x.aii": false, ".x.ai.": true, "127.0.0.1": false, "xx.ai": false,
	} {
		if got := IsXAI(host); got != want {
			t.Errorf("%q: %v", host, got)
		}
	}
	for host, want := range map[string]bool{
		"localhost": true, "LocalHost": true, "127.0.0.1": true, "127.8.9.1": true, "::1": true, "LOCALHOST.": true, "127.1": true, "127.0.1": true, "2130706433": true,
		"0x7f.1": true, "0177.0.0.1": true, "::ffff:127.0.0.1": true, "0:0:0:0:0:0:0:1": true, "::1%lo": true,
		"128.1": false, "127.0.0.0.1": false, "127.256.1": false, "127.": false, "0x7g.1": false, "1": false,
		"0.0.0.0": false, "a.localhost": false, "localhost.example": false, "127.0.0.1.example": false, "mylocalhost": false, "10.0.0.1": false, "::": false, "": false,
	} {
		if got := IsLoopback(host); got != want {
			t.Errorf("%q: %v", host, got)
		}
	}
}
