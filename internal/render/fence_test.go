package render

import (
	"strings"
	"testing"
)

func TestFence(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, lang, text, want string
		found                  bool
	}{
		{"the first of two", "", "Here:\n```go\na\nb\n```\nand\n```\nc\n```\n", "a\nb\n", true},
		{"by its language", "SH", "```go\na\n```\n~~~ sh -x\nb\n~~~\n", "b\n", true},
		{"another language", "go", "```sh\n```go\n```\n", "", false},
		{"none", "", "a `b` ``` c\n", "", false},
		{"an empty one", "", "```\n```\n", "", true},
		{"a longer fence", "", "````md\n```\na\n```\n````\n", "```\na\n```\n", true},
		{"tildes hold backticks", "", "~~~\n```\n~~~\n", "```\n", true},
		{"never closed", "", "```\na\nb", "a\nb", true},
		{"closed by the last line", "", "```\na\n```", "a\n", true},
		{"indented", "", "  ```\n  a\n    b\n c\n  ```\n", "a\n  b\nc\n", true},
		{"too far in", "", "    ```\n    a\n    ```\n", "", false},
		{"code in a line", "", "```a``` b\n", "", false},
		{"carriage returns", "go", "```go\r\na\r\n```\r\n", "a\r\n", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			for _, size := range []int{1, 3, len(c.text)} {
				f := Fence{Lang: c.lang}
				var got strings.Builder
				for rest := c.text; rest != ""; {
					n := min(size, len(rest))
					got.WriteString(f.Next(rest[:n]))
					rest = rest[n:]
				}
				got.WriteString(f.End())
				if got.String() != c.want || f.Found() != c.found {
					t.Errorf("pieces of %d: got %q %v, want %q %v", size, got.String(), f.Found(), c.want, c.found)
				}
			}
		})
	}
}
