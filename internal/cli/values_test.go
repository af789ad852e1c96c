package cli

import "testing"

func TestNearest(t *testing.T) {
	names := []string{"chat", "stream", "batch", "image", "models", "version", "help", "temperature", "max-completion-tokens"}
	for word, want := range map[string]string{
		"chatt": "chat", "hat": "chat", "strem": "stream", "steam": "stream", "modles": "models", "temprature": "temperature",
		"max-tokens": "", "max-comp": "max-completion-tokens", "Q": "", "hi": "", "": "", "what": "chat", "serve": "", "completely": "",
	} {
		if got := nearest(word, names); got != want {
			t.Errorf("nearest to %q: %q, want %q", word, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0}, {"abc", "abd", 1}, {"abc", "ab", 1}, {"kitten", "sitting", 3}, {"ab", "ba", 2},
	} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("from %q to %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}

func TestWhoseKeyItIs(t *testing.T) {
	for host, want := range map[string]bool{
		"x.ai": true, "api.x.ai": true, "eu.api.x.ai": true, "API.X.AI": true, "api.x.ai.": true,
		"": false, "ai": false, "evil-x.ai": false, "evilx.ai": false, "x.ai.evil.com": false, "x.aii": false, ".x.ai.": true, "127.0.0.1": false, "xx.ai": false,
	} {
		if got := isXAI(host); got != want {
			t.Errorf("%q: %v", host, got)
		}
	}
	for host, want := range map[string]bool{
		"localhost": true, "LocalHost": true, "127.0.0.1": true, "127.8.9.1": true, "::1": true,
		"0.0.0.0": false, "a.localhost": false, "localhost.example": false, "127.0.0.1.example": false, "mylocalhost": false, "10.0.0.1": false, "::": false, "": false,
	} {
		if got := isLoopback(host); got != want {
			t.Errorf("%q: %v", host, got)
		}
	}
}
