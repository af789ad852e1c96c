//go:build unix

package testscripts

import (
	"image"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/help"
	"github.com/chatcmpl/chatcmpl/internal/topics"
)

// recipe holds the file that a recipe of the topic tables writes, and its expected content.
type recipe struct {
	file string // "" is standard output
	want string
}

// TestRecipes runs every recipe of the topic tables without a network, and compares what the table holds, as far as the
// embedded endpoint's replies are the same each time.
func TestRecipes(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("jq"); err != nil {
		t.Skip("this machine has no jq")
	}
	wants := []recipe{
		{"labelled.csv", "id,title,label,urgent,error\n1,It crashes.,"},
		{"fields.csv", "id,vendor,total,due,error\ni1,"},
		{"translated.tsv", "hello\tHello.\nbye\tGood bye.\n"},
		{"judged.csv", "question,reply,error,judge_right,judge_why,judge_error\nWhy?,Why?,,"},
		{"", "0.5\n"},
		{"captions.csv", "path,reply,error\na.png,"},
	}
	recipes := recipeTexts(t)
	if len(recipes) != len(wants) {
		t.Fatalf("%d recipes, not %d", len(recipes), len(wants))
	}
	for i, text := range recipes {
		dir := recipeFiles(t)
		cmd := exec.CommandContext(t.Context(), "bash", "-euo", "pipefail", "-c", text)
		cmd.Dir, cmd.Env = dir, append(cleanEnviron(), "CHATCMPL_OFFLINE=1", "CHATCMPL_QUIET=1", "XDG_CONFIG_HOME="+dir)
		out, err := cmd.Output()
		if err != nil {
			t.Fatalf("%s\n%v", text, err)
		}
		got := string(out)
		if wants[i].file != "" {
			raw, err := os.ReadFile(filepath.Join(dir, wants[i].file))
			if err != nil {
				t.Fatal(err)
			}
			got = string(raw)
		}
		if !strings.HasPrefix(got, wants[i].want) {
			t.Errorf("%s\nmakes\n%s", text, got)
		}
	}
}

// recipeTexts returns the code below the heading of the recipes.
func recipeTexts(t *testing.T) (texts []string) {
	t.Helper()
	below := false
	for _, b := range topics.Page("tables") {
		below = below || b.Kind == help.KindHeading && b.Text == "Recipes"
		if below && b.Kind == help.KindCode {
			texts = append(texts, strings.Join(b.Lines, "\n"))
		}
	}
	return texts
}

// recipeFiles returns a directory with the files that the recipes read.
func recipeFiles(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"tickets.csv":    "id,title\n1,It crashes.\n2,Please add colors.\n",
		"invoices.jsonl": "{\"id\":\"i1\",\"text\":\"From A: 12.50\"}\n",
		"strings.tsv":    "key\tlang\ttext\nhello\tGerman\tHello.\nbye\tFrench\tGood bye.\n",
		"questions.csv":  "question\nWhy?\nHow?\n",
		"gold.csv":       "title,gold\nIt crashes.,bug\nPlease add colors.,feature\n",
		"photos.csv":     "path\na.png\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	f, err := os.Create(filepath.Join(dir, "a.png"))
	if err == nil {
		err = png.Encode(f, image.NewGray(image.Rect(0, 0, 8, 8)))
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return dir
}
