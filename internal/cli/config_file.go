package cli

import (
	"bytes"
	"errors"
	"fmt"
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
)

// configPath is where the config file is looked for; empty where there is no home.
// XDG_CONFIG_HOME counts everywhere. Without it macOS is as Linux, which is where people
// look for the files of command-line tools, and Windows has its own place.
func configPath(e *env) string {
	dir := e.get("XDG_CONFIG_HOME")
	if !filepath.IsAbs(dir) {
		dir = ""
	}
	if dir == "" && runtime.GOOS == "windows" {
		dir = e.get("AppData")
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

// configFile is what a config file says. One that does not exist says nothing.
type configFile struct {
	path     string
	exists   bool
	entries  []*entry
	profiles []string
}

// entry is a setting in a config file.
type entry struct {
	file         string
	line, column int
	profile      string // empty at the top level
	name         string
	kind         unstable.Kind // of the value; of a list, that of its odd one out
	list         bool
	values       []string
	// stray is what stands where no setting can stand: a table of another name, or a
	// setting with parts.
	stray bool
}

// place is where an entry stands, FILE:LINE:COL.
func (e *entry) place() string { return fmt.Sprintf("%s:%d:%d", e.file, e.line, e.column) }

// wrong is an error about an entry.
func (e *entry) wrong(hint, format string, args ...any) error {
	return usage(hint, "%s: %w", e.place(), fmt.Errorf(format, args...))
}

// readConfig reads a config file. What it returns is never nil, but with an error it may
// lack a part.
func readConfig(path string) (*configFile, error) {
	none := &configFile{path: path}
	if path == "" {
		return none, nil
	}
	raw, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) || errors.Is(err, syscall.ENOTDIR) {
		return none, nil
	}
	if err != nil {
		return none, usage("XDG_CONFIG_HOME names another place", "the config file: %w", err)
	}
	return parseConfig(path, raw)
}

// parseConfig reads the text of a config file. Which names there are is not its business.
func parseConfig(path string, raw []byte) (*configFile, error) {
	c := &configFile{path: path, exists: true}
	raw = bytes.TrimPrefix(raw, []byte("\ufeff"))
	c.walk(raw)
	// The walk does not see what is defined twice.
	var tree map[string]any
	err := toml.Unmarshal(raw, &tree)
	if err == nil {
		return c, nil
	}
	place := path
	if at, ok := errors.AsType[*toml.DecodeError](err); ok {
		line, column := at.Position()
		place = fmt.Sprintf("%s:%d:%d", path, line, column)
	}
	hint := ""
	if c.find("", "profile") != nil {
		hint = defaultProfileHint
	}
	return c, usage(hint, "%s: %s", place, strings.TrimPrefix(err.Error(), "toml: "))
}

const defaultProfileHint = `default-profile = "NAME" is the profile that is used without --profile`

// walk collects the entries, up to the first error of syntax.
func (c *configFile) walk(raw []byte) {
	var p unstable.Parser
	p.Reset(raw)
	var table []string
	for p.NextExpression() {
		node := p.Expression()
		if node.Kind == unstable.KeyValue {
			c.keyValue(&p, table, node)
			continue
		}
		path, at := dotted(&p, node)
		table = path
		switch {
		case node.Kind == unstable.Table && len(path) == 2 && path[0] == "profile" && path[1] != "":
			c.profile(path[1])
		case node.Kind != unstable.Table || len(path) > 1 || path[0] != "profile":
			c.add(path, at, &entry{kind: unstable.InlineTable, stray: true})
		}
	}
}

// dotted is the key of a table or a value, and where it begins.
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

func (c *configFile) profile(name string) {
	if !slices.Contains(c.profiles, name) {
		c.profiles = append(c.profiles, name)
	}
}

// keyValue adds the entries of a value in a table: several where it is a table itself.
func (c *configFile) keyValue(p *unstable.Parser, table []string, node *unstable.Node) {
	path, at := dotted(p, node)
	path = slices.Concat(table, path)
	value := node.Value()
	e := &entry{kind: value.Kind}
	switch value.Kind {
	case unstable.InlineTable:
		if len(path) == 2 && path[0] == "profile" {
			c.profile(path[1])
		}
		for inner := value.Children(); inner.Next(); {
			c.keyValue(p, path, inner.Node())
		}
		if path[0] == "profile" && len(path) < 3 {
			return
		}
		e.stray = true
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
	c.add(path, at, e)
}

// plainText is a value as a flag takes it.
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

func (c *configFile) add(path []string, at unstable.Position, e *entry) {
	e.file, e.line, e.column = c.path, at.Line, at.Column
	e.name = strings.Join(path, ".")
	switch {
	case len(path) == 3 && path[0] == "profile" && path[1] != "" && !e.stray:
		e.profile, e.name = path[1], path[2]
		c.profile(e.profile)
	case len(path) > 1:
		e.stray = true
	}
	c.entries = append(c.entries, e)
}

// find is a setting of a profile, or of the top level; nil where it has none of the name.
func (c *configFile) find(profile, name string) *entry {
	for _, e := range c.entries {
		if e.profile == profile && e.name == name && !e.stray {
			return e
		}
	}
	return nil
}
