package cli

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/option"
)

// TestEveryOptionIsUsed checks that this package reads each option in the table, so that no flag is parsed and ignored.
// Options that set a request field are passed on without being named.
func TestEveryOptionIsUsed(t *testing.T) {
	t.Parallel()
	read := literals(t)
	for _, o := range option.Table() {
		if o.Field == "" && !read[o.Name] {
			t.Errorf("nothing reads --%s", o.Name)
		}
	}
}

// literals returns the string literals of this package.
func literals(t *testing.T) map[string]bool {
	t.Helper()
	found := map[string]bool{"profile": true} // internal/settings reads it
	files, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if !strings.HasSuffix(f.Name(), ".go") || strings.HasSuffix(f.Name(), "_test.go") {
			continue
		}
		parsed, err := parser.ParseFile(token.NewFileSet(), f.Name(), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(parsed, func(n ast.Node) bool {
			if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
				text, _ := strconv.Unquote(lit.Value)
				found[text] = true
			}
			return true
		})
	}
	return found
}
