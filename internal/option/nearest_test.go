package option

import "testing"

func TestNearest(t *testing.T) {
	t.Parallel()
	names := []string{"chat", "stream", "batch", "image", "models", "version", "help", "temperature", "max-completion-tokens"}
	for word, want := range map[string]string{
		"chatt": "chat", "hat": "chat", "strem": "stream", "steam": "stream", "modles": "models", "temprature": "temperature",
		"max-tokens": "", "max-comp": "max-completion-tokens", "Q": "", "hi": "", "": "", "what": "chat", "serve": "", "completely": "",
	} {
		if got := Nearest(word, names); got != want {
			t.Errorf("nearest to %q: %q, want %q", word, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		a, b string
		want int
	}{
		{"", "", 0}, {"", "abc", 3}, {"abc", "", 3}, {"abc", "abc", 0}, {"abc", "abd", 1}, {"abc", "ab", 1}, {"kitten", "sitting", 3}, {"ab", "ba", 1},
	} {
		if got := distance(c.a, c.b); got != c.want {
			t.Errorf("from %q to %q: %d, want %d", c.a, c.b, got, c.want)
		}
	}
}
