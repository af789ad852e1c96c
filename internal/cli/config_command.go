package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/chatcmpl/chatcmpl/internal/render"
	"github.com/chatcmpl/chatcmpl/internal/secret"
)

func newConfig(a *app) command {
	cmd := &cobra.Command{
		Use:   "config [flags]",
		Short: "show each setting in force and where it came from",
		Example: `  chatcmpl config
  chatcmpl config --profile openai
  chatcmpl config --jq '.settings[] | select(.source != "default") | .name'`,
		// All commands' settings, not its own: what it prints is no reply.
		PersistentPreRunE: func(cmd *cobra.Command, _ []string) error { return a.begin(cmd, a.allFlags()) },
	}
	var out outputFlags
	cmd.RunE = func(cmd *cobra.Command, words []string) error {
		if len(words) > 0 {
			return usage("", "config takes no words")
		}
		return a.showConfig(cmd.Context(), cmd, &out)
	}
	return command{cmd, func() {
		out.bindValue(cmd)
		noEnv(cmd.Flags(), "json", "jq", "null")
	}}
}

// shownConfig is what the command config prints as JSON.
type shownConfig struct {
	File     string         `json:"file"`
	Exists   bool           `json:"exists"`
	Profile  *string        `json:"profile"`
	Profiles []string       `json:"profiles"`
	Settings []shownSetting `json:"settings"`
}

// shownSetting is a setting in force. Its value is a list where the flag may repeat.
type shownSetting struct {
	Name   string `json:"name"`
	Value  any    `json:"value"`
	Source string `json:"source"`
}

func (a *app) showConfig(ctx context.Context, cmd *cobra.Command, out *outputFlags) error {
	w, filter, err := out.printer(a.env)
	if err != nil {
		return err
	}
	shown := shownConfig{File: a.config.path, Exists: a.config.exists, Profiles: append([]string{}, a.config.profiles...)}
	if a.profile != "" {
		shown.Profile = &a.profile
	}
	if shown.Settings, err = a.shownSettings(cmd); err != nil {
		return err
	}
	if filter == nil && !out.json {
		return shown.print(w)
	}
	var raw strings.Builder
	enc := json.NewEncoder(&raw)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(shown); err != nil {
		return fmt.Errorf("the settings: %w", err)
	}
	if filter != nil {
		return w.Filtered(ctx, filter, []byte(raw.String()))
	}
	return w.JSON([]byte(raw.String()))
}

// shownSettings are the settings that have a value, and the key as stars. No key command
// is run for that.
func (a *app) shownSettings(cmd *cobra.Command) ([]shownSetting, error) {
	to, err := a.connect.endpoint(a.env)
	if err != nil {
		return nil, err
	}
	header, err := a.connect.header(a.env)
	if err != nil {
		return nil, err
	}
	key := a.shownKey(cmd, to, header)
	var list []shownSetting
	for _, f := range a.allFlags() {
		values, source := a.inForce(f)
		switch {
		case f.Name == "model" && source == "default" && to.model != "":
			values = []string{to.model}
		case f.Name == "base-url" && a.connect.offline:
			values = nil
		case f.Name == "header" && a.connect.headersAreFor != "":
			values = slices.DeleteFunc(slices.Clone(values), secretHeader)
		}
		if len(values) > 0 {
			list = append(list, shownSetting{f.Name, valueOf(f, values), source})
		}
	}
	return append(list, key), nil
}

// shownKey says whether there is a key, and whose it is that is not used.
func (a *app) shownKey(cmd *cobra.Command, to *endpoint, header http.Header) shownSetting {
	place, from := a.connect.keyPlace(a.env, cmd, to, header)
	if place == noKey {
		return shownSetting{"key", nil, a.connect.leftOut}
	}
	return shownSetting{"key", secret.New("").String(), from}
}

// inForce is the value of a flag, which is nil where it has none, and where it came from.
func (a *app) inForce(f *pflag.Flag) ([]string, string) {
	values, list := []string{f.Value.String()}, false
	var slice pflag.SliceValue
	if slice, list = f.Value.(pflag.SliceValue); list {
		values = slice.GetSlice()
	}
	from := a.env.settingsFrom[f.Name]
	switch {
	case f.Changed:
		return values, "flag"
	case from.entry != nil:
		place := fmt.Sprintf("%s:%d", from.entry.file, from.entry.line)
		if from.entry.profile != "" {
			place += " [" + from.entry.profile + "]"
		}
		return from.values, place
	case from.variable != "":
		return from.values, from.variable
	case f.DefValue == "" || list:
		return nil, "default"
	}
	return values, "default"
}

// valueOf is a value as JSON has it, secrets as stars.
func valueOf(f *pflag.Flag, values []string) any {
	shown := make([]string, len(values))
	for i, v := range values {
		shown[i] = shownValue(f, v)
	}
	text := shown[len(shown)-1]
	on, err := strconv.ParseBool(text)
	switch {
	case repeats(f):
		return shown
	case f.Value.Type() == "bool" && err == nil:
		return on
	case isNumber(f) && json.Valid([]byte(text)):
		return json.RawMessage(text)
	}
	return text
}

func shownValue(f *pflag.Flag, text string) string {
	if f.Name == "header" && secretHeader(text) {
		name, _, _ := strings.Cut(text, ":")
		return name + ": " + secret.New("").String()
	}
	if first, _, more := strings.Cut(text, " "); f.Name == "api-key-command" && more {
		// It may hold the key itself.
		return first + " …"
	}
	if u, err := url.Parse(text); err == nil && u.Host != "" && f.Value.Type() == "string" {
		return redactURL(u)
	}
	return text
}

func secretHeader(line string) bool {
	name, _, _ := strings.Cut(line, ":")
	return secret.Named(name) && !strings.HasPrefix(line, "@")
}

// print writes the settings for a person, one a line.
func (c *shownConfig) print(w *render.Writer) error {
	there := "no such file"
	if c.Exists {
		there = "read"
	}
	rows := [][3]string{{"file", cmp.Or(c.File, "none"), there}}
	for _, s := range c.Settings {
		text := fmt.Sprint(s.Value)
		switch v := s.Value.(type) {
		case nil:
			text = "none"
		case []string:
			text = strings.Join(v, ", ")
		case json.RawMessage:
			text = string(v)
		}
		rows = append(rows, [3]string{s.Name, render.OneLine(text, maxLine), s.Source})
	}
	var widths [2]int
	for _, row := range rows {
		for i := range widths {
			widths[i] = min(max(widths[i], utf8.RuneCountInString(row[i])), 40)
		}
	}
	for _, row := range rows {
		if err := w.Text(fmt.Sprintf("%-*s  %-*s  %s", widths[0], row[0], widths[1], row[1], row[2])); err != nil {
			return err
		}
	}
	return nil
}
