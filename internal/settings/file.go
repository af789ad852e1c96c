package settings

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/pelletier/go-toml/v2"
	"github.com/pelletier/go-toml/v2/unstable"

	"github.com/chatcmpl/chatcmpl/internal/failure"
)

// Path returns the path of the config file; empty if there is no home directory. XDG_CONFIG_HOME is used on every
// system. Without it, macOS uses the same path as Linux, where users expect files of command-line tools, and Windows
// uses AppData.
func Path(getenv func(string) string) string {
	dir := getenv("XDG_CONFIG_HOME")
	if !filepath.IsAbs(dir) {
		dir = ""
	}
	if dir == "" && runtime.GOOS == "windows" {
		dir = getenv("AppData")
	}
	if dir == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return ""
		}
		dir = filepath.Join(home, ".config")
	}
	return filepath.Join(dir, "chatcmpl", "config.toml")
}

// File holds the entries of a config file; none if it does not exist.
type File struct {
	Path   string
	Exists bool
	// Profiles holds the names of the profiles, in the order of the file.
	Profiles []string

	entries []*entry
	// openTo describes who else can write the file, hint what to do about it; both are empty if nobody can.
	openTo, hint string
}

// entry is a setting in a config file.
type entry struct {
	file         string
	line, column int
	profile      string // empty at the top level
	name         string
	kind         unstable.Kind // of the value; for a list, of its first element that is not a string
	list         bool
	values       []string
	// misplaced reports whether the entry is where no setting can be: in an unknown table, or under a dotted key.
	misplaced bool
}

// position returns FILE:LINE:COL of an entry.
func (e *entry) position() string { return fmt.Sprintf("%s:%d:%d", e.file, e.line, e.column) }

// wrong returns a usage error about an entry.
func (e *entry) wrong(hint, format string, args ...any) error {
	return failure.BadUsage(hint, "%s: %w", e.position(), fmt.Errorf(format, args...))
}

// isOn reports whether the setting is anything but false.
func (e *entry) isOn() bool { return e.kind != unstable.Bool || e.values[0] == "true" }

// Read reads a config file. The returned File is never nil, but if there is an error, it may lack entries.
func Read(path string) (*File, error) {
	none := &File{Path: path}
	if path == "" {
		return none, nil
	}
	raw, info, err := read(path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return none, nil
	}
	if err != nil {
		return none, failure.BadUsage("XDG_CONFIG_HOME names another directory", "the config file: %w", err)
	}
	f, err := parse(path, raw)
	f.openTo, f.hint = others(info)
	return f, err
}

// read returns the content and the file info of a file, both from the same open file.
func read(path string) ([]byte, fs.FileInfo, error) {
	if info, err := os.Stat(path); err == nil && info.Mode()&fs.ModeNamedPipe != 0 {
		// Opening it would wait for a writer.
		return nil, nil, &fs.PathError{Op: "open", Path: path, Err: errors.New("not a regular file")}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, nil, err
	}
	defer func() { _ = f.Close() }()
	info, err := f.Stat()
	if err != nil {
		return nil, nil, err
	}
	raw, err := io.ReadAll(f)
	return raw, info, err
}

// parse parses the text of a config file. It does not check the names of settings.
func parse(path string, raw []byte) (*File, error) {
	f := &File{Path: path, Exists: true}
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	f.walk(raw)
	// walk does not detect duplicate keys.
	var tree map[string]any
	err := toml.Unmarshal(raw, &tree)
	if err == nil {
		return f, nil
	}
	place := path
	if at, ok := errors.AsType[*toml.DecodeError](err); ok {
		line, column := at.Position()
		place = fmt.Sprintf("%s:%d:%d", path, line, column)
	}
	hint := ""
	if f.find("", "profile") != nil {
		hint = defaultProfileHint
	}
	return f, failure.BadUsage(hint, "%s: %s", place, strings.TrimPrefix(err.Error(), "toml: "))
}

const defaultProfileHint = `default-profile = "NAME" is the profile that is used without --profile`

// walk collects the entries, up to the first error of syntax.
func (f *File) walk(raw []byte) {
	var p unstable.Parser
	p.Reset(raw)
	var table []string
	for p.NextExpression() {
		node := p.Expression()
		if node.Kind == unstable.KeyValue {
			f.keyValue(&p, table, node)
			continue
		}
		path, at := dotted(&p, node)
		table = path
		switch {
		case node.Kind == unstable.Table && len(path) == 2 && path[0] == "profile" && path[1] != "":
			f.addProfile(path[1])
		case node.Kind != unstable.Table || len(path) > 1 || path[0] != "profile":
			f.add(path, at, &entry{kind: unstable.InlineTable, misplaced: true})
		}
	}
}

// dotted returns the parts of the key of a table or a value, and the position of the key.
func dotted(p *unstable.Parser, node *unstable.Node) (path []string, at unstable.Position) {
	keys := node.Key()
	for keys.Next() {
		key := keys.Node()
		if path == nil {
			at = p.Shape(key.Raw).Start
		}
		path = append(path, string(key.Data))
	}
	return path, at
}

func (f *File) addProfile(name string) {
	if !slices.Contains(f.Profiles, name) {
		f.Profiles = append(f.Profiles, name)
	}
}

// keyValue adds the entries of a value in a table: several if the value is an inline table.
func (f *File) keyValue(p *unstable.Parser, table []string, node *unstable.Node) {
	path, at := dotted(p, node)
	path = slices.Concat(table, path)
	value := node.Value()
	e := &entry{kind: value.Kind}
	switch value.Kind {
	case unstable.InlineTable:
		if len(path) == 2 && path[0] == "profile" {
			f.addProfile(path[1])
		}
		for inner := value.Children(); inner.Next(); {
			f.keyValue(p, path, inner.Node())
		}
		if path[0] == "profile" && len(path) < 3 {
			return
		}
		e.misplaced = true
	case unstable.Array:
		e.kind, e.list = unstable.String, true
		for inner := value.Children(); inner.Next(); {
			item := inner.Node()
			if item.Kind != unstable.String {
				e.kind = item.Kind
			}
			e.values = append(e.values, string(item.Data))
		}
	default:
		e.values = []string{plainText(value)}
	}
	f.add(path, at, e)
}

// plainText returns a value in the syntax of a flag.
func plainText(value *unstable.Node) string {
	text := string(value.Data)
	if value.Kind == unstable.Integer || value.Kind == unstable.Float {
		text = strings.ReplaceAll(text, "_", "")
	}
	if n, err := strconv.ParseInt(text, 0, 64); err == nil && value.Kind == unstable.Integer {
		text = strconv.FormatInt(n, 10)
	}
	return text
}

func (f *File) add(path []string, at unstable.Position, e *entry) {
	e.file, e.line, e.column = f.Path, at.Line, at.Column
	e.name = strings.Join(path, ".")
	switch {
	case len(path) == 3 && path[0] == "profile" && path[1] != "" && !e.misplaced:
		e.profile, e.name = path[1], path[2]
		f.addProfile(e.profile)
	case len(path) > 1:
		e.misplaced = true
	}
	f.entries = append(f.entries, e)
}

// find returns a setting of a profile, or of the top level for an empty profile; nil if there is none.
func (f *File) find(profile, name string) *entry {
	for _, e := range f.entries {
		if e.profile == profile && e.name == name && !e.misplaced {
			return e
		}
	}
	return nil
}

// All returns the values of a setting at the top level and in every profile.
func (f *File) All(name string) []string {
	var values []string
	for _, e := range f.entries {
		if e.name == name && len(e.values) == 1 && !e.misplaced {
			values = append(values, e.values[0])
		}
	}
	return values
}
