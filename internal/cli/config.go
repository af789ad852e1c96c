package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"github.com/chatcmpl/chatcmpl/internal/connect"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/conversation"
	"github.com/chatcmpl/chatcmpl/internal/option"
	"github.com/chatcmpl/chatcmpl/internal/render"
	"github.com/chatcmpl/chatcmpl/internal/secret"
	"github.com/chatcmpl/chatcmpl/internal/settings"
)

// configOptions describe the listing of settings.
type configOptions struct {
	values  *settings.Values // of all commands
	connect connect.Options
	output  conversation.OutputOptions
}

func newConfig(p *program) {
	p.add(option.Config, &cobra.Command{
		Use:     "config [flags]",
		Short:   "show each setting in force and where it came from",
		GroupID: groupSetUp,
		Example: `  chatcmpl config
  chatcmpl config --profile openai
  chatcmpl config --jq '.settings[] | select(.source != "default") | .name'`,
	}, withoutWords("config", func(ctx context.Context, own *settings.Values) error {
		output, err := p.outputOptions(own)
		if err != nil {
			return err
		}
		// The command shows the settings of all commands; its own flags only affect its output.
		given := slices.DeleteFunc(slices.Clone(p.line.given), func(g settings.Given) bool { return !g.Option.Global })
		all, err := p.resolveFor(p.settable(), given)
		if err != nil {
			return err
		}
		return runConfig(ctx, p.con, &configOptions{all, p.connectOptions(all), output})
	}))
}

// shownConfig holds the JSON output of the command config.
type shownConfig struct {
	File     string         `json:"file"`
	Exists   bool           `json:"exists"`
	Profile  *string        `json:"profile"`
	Profiles []string       `json:"profiles"`
	Settings []shownSetting `json:"settings"`
}

// shownSetting is a setting in force. Its value is a list if the option repeats.
type shownSetting struct {
	Name   string `json:"name"`
	Value  any    `json:"value"`
	Source string `json:"source"`
}

func runConfig(ctx context.Context, con *console.Console, o *configOptions) error {
	file := o.values.File
	shown := shownConfig{File: file.Path, Exists: file.Exists, Profiles: append([]string{}, file.Profiles...)}
	if profile := o.values.Text("profile"); profile != "" {
		shown.Profile = &profile
	}
	var err error
	if shown.Settings, err = o.settings(con); err != nil {
		return err
	}
	w := &render.Writer{Out: con.Output(), NUL: o.output.Null}
	if o.output.Filter == nil && !o.output.JSON {
		return shown.print(w)
	}
	var raw strings.Builder
	enc := json.NewEncoder(&raw)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(shown); err != nil {
		return fmt.Errorf("the settings: %w", err)
	}
	if o.output.Filter != nil {
		return w.Filtered(ctx, o.output.Filter, []byte(raw.String()))
	}
	return w.JSON([]byte(raw.String()))
}

// settings returns the settings that have a value, with a redacted key. It does not run a key command.
func (o *configOptions) settings(con *console.Console) ([]shownSetting, error) {
	to, err := o.connect.Endpoint(con)
	if err != nil {
		return nil, err
	}
	header, leftOut, err := o.connect.Header(con)
	if err != nil {
		return nil, err
	}
	var list []shownSetting
	for _, row := range o.values.Options() {
		value := o.values.Get(row.Name)
		texts := value.Texts
		switch {
		case row.Name == "model" && !o.values.IsSet("model") && to.Model != "":
			texts = []string{to.Model}
		case row.Name == "base-url" && o.connect.Offline:
			texts = nil
		case row.Name == "header" && o.connect.HeadersFor != "":
			texts = slices.DeleteFunc(slices.Clone(texts), isSecretHeader)
		case row.Type == option.Switch && row.Field == "" && !o.values.IsSet(row.Name):
			texts = []string{"false"}
		}
		if len(texts) > 0 {
			list = append(list, shownSetting{row.Name, shownValue(row, texts), value.String()})
		}
	}
	key := shownSetting{"key", nil, o.connect.KeyFor}
	if leftOut {
		key.Source = cmp.Or(key.Source, o.connect.HeadersFor)
	}
	if from := o.connect.KeySource(to, header); from != "" {
		key.Value, key.Source = secret.New("").String(), from
	}
	return append(list, key), nil
}

// shownValue returns the JSON value of a setting, with secrets redacted.
func shownValue(row *option.Option, texts []string) any {
	shown := make([]string, len(texts))
	for i, text := range texts {
		shown[i] = shownText(row, text)
	}
	last := shown[len(shown)-1]
	switch row.Type {
	case option.Switch, option.Integer, option.Number:
		if raw, err := row.Parse(last, 0); err == nil {
			return raw
		}
	}
	if row.Repeats() {
		return shown
	}
	return last
}

func shownText(row *option.Option, text string) string {
	switch row.Secret {
	case option.HeaderLine:
		if isSecretHeader(text) {
			name, _, _ := strings.Cut(text, ":")
			return name + ": " + secret.New("").String()
		}
	case option.FirstWord:
		// The arguments of the command may contain the key itself.
		if first, _, more := strings.Cut(text, " "); more {
			return first + " …"
		}
	case option.URLSecret:
		if u, err := url.Parse(text); err == nil && u.Host != "" {
			return secret.RedactURL(u)
		}
	}
	return text
}

func isSecretHeader(line string) bool {
	name, _, _ := strings.Cut(line, ":")
	return secret.Named(name) && !strings.HasPrefix(line, "@")
}

// print writes the settings as text, one per line.
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
		rows = append(rows, [3]string{s.Name, console.OneLine(text, console.MaxLine), s.Source})
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
