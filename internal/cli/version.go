package cli

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"github.com/chatcmpl/chatcmpl/internal/option"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
	"github.com/chatcmpl/chatcmpl/internal/render"
	"github.com/chatcmpl/chatcmpl/internal/settings"
)

// release holds the version of a release or of a packager's build, then the commit and its date if they are known, with spaces
// between. The linker sets it:
// -ldflags "-X 'github.com/chatcmpl/chatcmpl/internal/cli.release=v1.2.3 COMMIT DATE'"
var release string //nolint:gochecknoglobals // the linker sets it

// build describes the source of a binary. Unknown fields are empty.
type build struct {
	version, commit, date string
	modified              bool // files were changed after the commit
}

// thisBuild returns the build of this binary, from the linker's flags or, without them, from Go's build information.
// The version is "dev" if both lack it.
func thisBuild() build {
	b := build{version: "dev"}
	if info, ok := debug.ReadBuildInfo(); ok {
		if v := info.Main.Version; v != "" && v != "(devel)" {
			b.version = v
		}
		for _, s := range info.Settings {
			switch s.Key {
			case "vcs.revision":
				b.commit = s.Value
			case "vcs.time":
				b.date = s.Value
			case "vcs.modified":
				b.modified = s.Value == "true"
			}
		}
	}
	words := strings.Fields(release)
	for i, to := range []*string{&b.version, &b.commit, &b.date} {
		if i < len(words) {
			*to = words[i]
		}
	}
	return b
}

func version() string { return thisBuild().version }

func newVersion(p *program) {
	p.add(option.Version, &cobra.Command{
		Use:     "version [flags]",
		Short:   "print the version",
		GroupID: groupSetUp,
		Example: `  chatcmpl version
  chatcmpl version --json | jq -r .commit`,
	}, withoutWords("version", func(_ context.Context, v *settings.Values) error {
		w := render.Writer{Out: p.con.Output()}
		if v.On("json") {
			return w.JSON(thisBuild().json())
		}
		return w.Text(thisBuild().text())
	}))
}

func (b build) text() string {
	commit := cmp.Or(b.commit, "unknown")
	if b.date != "" {
		commit += " (" + b.date + ")"
	}
	if b.modified {
		commit += ", with changes"
	}
	return fmt.Sprintf("chatcmpl version %s\ncommit: %s\ngo: %s\nplatform: %s/%s",
		b.version, commit, runtime.Version(), runtime.GOOS, runtime.GOARCH)
}

// json returns the same facts as text. Unknown ones are null.
func (b build) json() []byte {
	known := func(s string) []byte {
		if s == "" {
			return []byte("null")
		}
		return rawjson.Quote(s)
	}
	modified := known("")
	if b.commit != "" {
		modified = strconv.AppendBool(nil, b.modified)
	}
	obj := rawjson.Object{
		{Key: "version", Value: rawjson.Quote(b.version)},
		{Key: "commit", Value: known(b.commit)},
		{Key: "commit_date", Value: known(b.date)},
		{Key: "modified", Value: modified},
		{Key: "go", Value: rawjson.Quote(runtime.Version())},
		{Key: "os", Value: rawjson.Quote(runtime.GOOS)},
		{Key: "arch", Value: rawjson.Quote(runtime.GOARCH)},
	}
	return obj.JSON()
}
