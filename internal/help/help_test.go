package help_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/chatcmpl/chatcmpl/internal/help"
)

func TestText(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("word ", 30)
	got := help.Text([]help.Block{
		help.Paragraph("one\n  two"),
		help.Code("run  # it\n  indented"),
		help.Heading("Pictures"),
		help.Paragraph("JPEG."),
		help.List([]string{"k", long}, []string{strings.Repeat("x", 40), "y"}),
		help.Table([]string{"code", "meaning", "retry"}, []string{"0", "fine", ""}, []string{"10", "not fine", "no"}),
	})
	want := `one two

  run  # it
    indented

PICTURES
  JPEG.

  k  word word word word word word word word word word word word word word word
     word word word word word word word word word word word word word word word
  xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx
     y

  code  meaning   retry
  0     fine
  10    not fine  no`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	for line := range strings.Lines(got) {
		if utf8.RuneCountInString(line) > help.Width+1 {
			t.Errorf("too long: %q", line)
		}
	}
}
