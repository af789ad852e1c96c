package schema

import (
	"strconv"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

const (
	maxViolations = 20      // that a check reports
	maxSteps      = 1 << 22 // schemas that a check applies to values, in less than a second
	maxDepth      = 1000    // schemas that a check is inside of at once
)

// checker is one check of an instance.
type checker struct {
	found []Violation
	quiet bool // only the result counts: nothing is reported, and the first mismatch ends it
	path  []step
	scope *scope
	left  int // steps
	depth int
}

// step leads from an object to a member, or from an array to an element.
type step struct {
	name  string
	index int // of an element; -1 for a member
}

func (c *checker) gaveUp() bool { return c.left < 0 }

// spend takes the steps for reading so many bytes, and reports whether there were as many left.
func (c *checker) spend(bytes int) bool {
	const perStep = 64
	c.left -= bytes / perStep
	return !c.gaveUp()
}

// fits reports whether a value is valid against a schema. It marks in seen what it evaluates.
func (c *checker) fits(n *node, v *value, seen marks) bool {
	if c.left--; c.depth == maxDepth {
		c.left = -1
	}
	if c.gaveUp() {
		return false
	}
	if n.never {
		return c.report(n.under, "not allowed")
	}
	own := seen
	if n.unevaluated { // which is only about what this schema evaluates
		c.spend(len(v.parts))
		own = make(marks, len(v.parts))
	}
	outer := c.scope
	c.scope = outer.enter(n.home)
	c.depth++
	ok := c.all(len(n.rules), func(i int) bool { return n.rules[i](c, v, own) })
	c.depth--
	c.scope = outer
	if n.unevaluated {
		seen.add(own)
	}
	return ok
}

// fitsQuietly is fits without a report. It marks nothing if the value does not fit.
func (c *checker) fitsQuietly(n *node, v *value, seen marks) bool {
	c.spend(len(seen))
	quiet, own := c.quiet, seen.fresh()
	c.quiet = true
	ok := c.fits(n, v, own)
	c.quiet = quiet
	if ok {
		seen.add(own)
	}
	return ok
}

// all reports whether n tests hold. It goes on after one that does not, unless it is quiet.
func (c *checker) all(n int, test func(int) bool) bool {
	const perTest = 8
	c.spend(perTest * n)
	ok := true
	for i := 0; i < n && (ok || !c.quiet) && !c.gaveUp(); i++ {
		ok = test(i) && ok
	}
	return ok
}

// parts reports whether the parts of an object or array fit the schemas that choose returns for
// them, and marks those for which there is one. Values of another kind fit.
func (c *checker) parts(v *value, k kind, seen marks, choose func(int) *node) bool {
	return v.kind != k || c.all(len(v.parts), func(i int) bool {
		n := choose(i)
		if n == nil {
			return true
		}
		seen.set(i)
		at := step{index: i}
		if k == objectKind {
			at = step{name: v.names[i], index: -1}
		}
		c.path = append(c.path, at)
		ok := c.fits(n, &v.parts[i], nil)
		c.path = c.path[:len(c.path)-1]
		return ok
	})
}

// mismatch reports that a value does not fit what a keyword wants, and returns false.
func (c *checker) mismatch(v *value, keyword string, want *value) bool {
	if c.quiet {
		return false
	}
	return c.report(keyword, brief(v.raw)+" does not fit "+keyword+" "+brief(want.raw))
}

// report adds a violation at the place where the check is, unless it is quiet, and returns false.
func (c *checker) report(rule, message string) bool {
	if c.quiet {
		return false
	}
	const steps = 32
	c.left -= steps
	c.add(Violation{c.place(), rule, message})
	return false
}

func (c *checker) add(one Violation) {
	if len(c.found) < maxViolations {
		c.found = append(c.found, one)
	}
	c.quiet = len(c.found) == maxViolations
}

// place returns the path of the value that is checked.
func (c *checker) place() string {
	var path strings.Builder
	path.WriteByte('$')
	for _, s := range c.path {
		switch {
		case s.index >= 0:
			path.WriteString("[" + strconv.Itoa(s.index) + "]")
		case isWord(s.name):
			path.WriteString("." + s.name)
		default:
			path.WriteString("[" + string(rawjson.Quote(s.name)) + "]")
		}
	}
	return path.String()
}

func isWord(name string) bool {
	return name != "" && name[0] > '9' && !strings.ContainsFunc(name, func(c rune) bool {
		return c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9')
	})
}

// Violation says what is wrong at one place of an instance.
type Violation struct {
	Path    string // like $.items[2].name
	Rule    string // the keyword that was broken; "json" where the instance is none, "limit" where the check was given up
	Message string // without path and rule, at most about 200 bytes: `"x" does not fit type "integer"`
}
