package option_test

import (
	"slices"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/option"
)

// TestNamesAreUnique looks at the names and letters of each command.
func TestNamesAreUnique(t *testing.T) {
	t.Parallel()
	rows := option.Table()
	for command := option.Chat; command <= option.Version; command <<= 1 {
		names := map[string]bool{}
		for _, o := range option.Of(rows, command) {
			for _, name := range []string{o.Name, o.Short} {
				if name != "" && names["-"+name] && name != "n" {
					t.Errorf("command %b has two options %q", command, name)
				}
				names["-"+name] = true
			}
		}
	}
}

// TestTableAgreesWithItself checks what no compiler does: conflicts and needs that exist, and defaults that their own option
// accepts.
func TestTableAgreesWithItself(t *testing.T) {
	t.Parallel()
	known := option.Of(option.Table(), ^option.Commands(0))
	for _, o := range known {
		checkRow(t, known, o)
	}
}

func checkRow(t *testing.T, known []*option.Option, o *option.Option) {
	t.Helper()
	if o.Help == "" || o.Group == "" || o.Commands == 0 || o.Arg == "" != (o.Type == option.Switch) {
		t.Errorf("%s is not described in full: %+v", o.Name, o)
	}
	if !slices.Contains(option.Groups(), o.Group) {
		t.Errorf("%s is in no group of help", o.Name)
	}
	if o.Once && o.Repeats() {
		t.Errorf("%s repeats and may be given only once", o.Name)
	}
	for _, c := range o.Conflicts {
		if option.Find(known, c.With) == nil {
			t.Errorf("%s conflicts with %s, which does not exist", o.Name, c.With)
		}
	}
	for _, n := range o.Needs {
		if option.Find(known, n.Option) == nil {
			t.Errorf("%s needs %s, which does not exist", o.Name, n.Option)
		}
	}
	if _, err := o.Parse(o.Default, 0); o.Default != "" && err != nil {
		t.Errorf("the default of %s: %v", o.Name, err)
	}
}

func TestParse(t *testing.T) {
	t.Parallel()
	rows := option.Table()
	known := option.Of(rows, ^option.Commands(0))
	const notShare = "must be a percentage such as 95%, or a number from 0 to 1"
	for _, c := range []struct{ name, text, want string }{
		{"temperature", "1.50", "1.50"},
		{"temperature", "2.01", "must be a number from 0 to 2"},
		{"temperature", ".5", "0.5"},
		{"top-p", "0", "must be a number over 0 and up to 1"},
		{"seed", "-2147483648", "-2147483648"},
		{"seed", "2147483648", "must be a whole number of 32 bits"},
		{"max-tokens", "9223372036854775807", "9223372036854775807"},
		{"logprobs", "T", "true"},
		{"service-tier", "flex", `"flex"`},
		{"tool-choice", "required", `"required"`},
		{"tool-choice", "f", `{"type":"function","function":{"name":"f"}}`},
		{"tool-choice", `{"type":`, "must be valid JSON"},
		{"stop", "caf\xe9", "must be UTF-8 text"},
		{"detail", "medium", "must be one of auto, low, high"},
		{"accept", "length,empty", `"length,empty"`},
		{"timeout", "-1s", "must be a duration, such as 90s or 1h"},
		{"max-cost", "0.00000000001", "must have no more than 10 decimals"},
		{"pass", ".5", `".5"`},
		{"pass", "100.%", `"100.%"`},
		{"pass", "1/2", notShare},
		{"pass", "0x1", notShare},
		{"pass", "1_0%", notShare},
		{"pass", "1e-999999999", notShare},
		{"pass", "+1", notShare},
		{"pass", ".", notShare},
		{"pass", "%", notShare},
		{"shard", "3/2", "must be K/N, with K from 1 to N"},
		{"record", "-", "must name a file"},
		{"user-file", "-", `"-"`},
		{"tools", "-", "must name a file; standard input is /dev/stdin"},
		{"api-key-file", "-", "must name a file; standard input is /dev/stdin"},
		{"response-format", "@-", "must name a file; standard input is /dev/stdin"},
		{"field", "a:=@-", "must name a file; standard input is /dev/stdin"},
		{"field", "a=-", `"a=-"`},
	} {
		raw, err := option.Find(known, c.name).Parse(c.text, 0)
		got := string(raw)
		if err != nil {
			got = err.Error()
		}
		if got != c.want {
			t.Errorf("%s %q: got %s, want %s", c.name, c.text, got, c.want)
		}
	}
	if _, err := option.Find(known, "stop").Parse("e", 4); err == nil {
		t.Error("a fifth value of stop is taken")
	}
}
