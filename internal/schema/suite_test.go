package schema_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
	"github.com/chatcmpl/chatcmpl/internal/schema"
)

// TestOfficialSuite runs the JSON Schema test suite. With -v it prints how many tests pass.
func TestOfficialSuite(t *testing.T) {
	const suite = "../../../shared/jsonschema-suite/tests"
	if _, err := os.Stat(suite); err != nil {
		t.Skipf("the suite is not there: %v", err)
	}
	for folder, draft := range map[string]string{
		"draft7":       "http://json-schema.org/draft-07/schema#",
		"draft2019-09": "https://json-schema.org/draft/2019-09/schema",
		"draft2020-12": "https://json-schema.org/draft/2020-12/schema",
	} {
		t.Run(folder, func(t *testing.T) {
			s := suiteRun{draft: draft, exceptions: suiteExceptions()}
			for _, pattern := range []string{"*.json", "optional/*.json", "optional/format/*.json"} {
				files, err := filepath.Glob(filepath.Join(suite, folder, pattern))
				if err != nil || len(files) == 0 {
					t.Fatal(pattern, err)
				}
				before := s
				for _, file := range files {
					s.file(t, file)
				}
				t.Logf("%s/%s: passed %d of %d, %d excepted", folder, pattern, s.passed-before.passed, s.total-before.total, s.excepted-before.excepted)
			}
			t.Logf("%s: passed %d of %d, %d excepted", folder, s.passed, s.total, s.excepted)
		})
	}
}

type suiteRun struct {
	draft                   string // of schemas that do not name theirs
	exceptions              map[string]string
	passed, total, excepted int
}

type suiteGroup struct {
	Description string
	Schema      json.RawMessage
	Tests       []struct {
		Description string
		Data        json.RawMessage
		Valid       bool
	}
}

func (s *suiteRun) file(t *testing.T, file string) {
	t.Helper()
	var groups []suiteGroup
	raw, err := os.ReadFile(file)
	if err == nil {
		err = json.Unmarshal(raw, &groups)
	}
	if err != nil {
		t.Fatal(file, err)
	}
	for _, g := range groups {
		s.total += len(g.Tests)
		s.group(t, filepath.Base(file)+": "+g.Description, g)
	}
}

func (s *suiteRun) group(t *testing.T, name string, g suiteGroup) {
	t.Helper()
	text := g.Schema
	if keywords := rawjson.Known(text); len(keywords) > 0 && keywords.Get("$schema") == nil {
		text = keywords.With("$schema", rawjson.Quote(s.draft)).JSON()
	}
	compiled, err := schema.Compile(text)
	if want := s.exceptions[name]; want != "" {
		if s.excepted += len(g.Tests); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", name, err)
		}
		return
	}
	if err != nil {
		t.Errorf("%s: %v", name, err)
		return
	}
	for _, test := range g.Tests {
		name := name + ": " + test.Description
		bad := compiled.Check(test.Data)
		ok := test.Valid == (len(bad) == 0)
		switch {
		case s.exceptions[name] != "":
			if s.excepted++; ok {
				t.Errorf("%s: is no exception", name)
			}
		case ok:
			s.passed++
		default:
			t.Errorf("%s: %v", name, bad)
		}
	}
}

// suiteExceptions lists by name what the suite wants and this package does otherwise, with the
// reason or, for groups, the error of Compile.
func suiteExceptions() map[string]string {
	exceptions := map[string]string{}
	for reason, names := range map[string]string{
		"leaves the document": `
			definitions.json: validate definition against metaschema
			defs.json: validate definition against metaschema
			ref.json: remote ref, containing refs itself
			refRemote.json: remote ref
			refRemote.json: fragment within remote ref
			refRemote.json: anchor within remote ref
			refRemote.json: ref within remote ref
			refRemote.json: base URI change
			refRemote.json: base URI change - change folder
			refRemote.json: base URI change - change folder in subschema
			refRemote.json: root ref in remote ref
			refRemote.json: remote ref with ref to definitions
			refRemote.json: remote ref with ref to defs
			refRemote.json: Location-independent identifier in remote ref
			refRemote.json: retrieved nested refs resolve relative to their URI not $id
			refRemote.json: remote HTTP ref with different $id
			refRemote.json: remote HTTP ref with different URN $id
			refRemote.json: remote HTTP ref with nested absolute ref
			refRemote.json: $ref to $ref finds location-independent $id
			refRemote.json: $ref to $ref finds detached $anchor
			dynamicRef.json: strict-tree schema, guards against misspelled properties
			dynamicRef.json: tests for implementation dynamic anchor and reference link
			dynamicRef.json: $ref and $dynamicAnchor are independent of order - $defs first
			dynamicRef.json: $ref and $dynamicAnchor are independent of order - $ref first
			dynamicRef.json: $ref to $dynamicRef finds detached $dynamicAnchor
			cross-draft.json: refs to historic drafts are processed as historic drafts
			cross-draft.json: refs to future drafts are processed as future drafts`,
		"is not one of the drafts": `
			vocabulary.json: schema that uses custom metaschema with with no validation vocabulary
			vocabulary.json: ignore unrecognized optional vocabulary
			format-assertion.json: schema that uses custom metaschema with format-assertion: false
			format-assertion.json: schema that uses custom metaschema with format-assertion: true`,
		"format is an assertion": `
			format.json: email format: invalid email string is only an annotation by default
			format.json: idn-email format: invalid idn-email string is only an annotation by default
			format.json: regex format: invalid regex string is only an annotation by default
			format.json: ipv4 format: invalid ipv4 string is only an annotation by default
			format.json: ipv6 format: invalid ipv6 string is only an annotation by default
			format.json: idn-hostname format: invalid idn-hostname string is only an annotation by default
			format.json: hostname format: invalid hostname string is only an annotation by default
			format.json: date format: invalid date string is only an annotation by default
			format.json: date-time format: invalid date-time string is only an annotation by default
			format.json: time format: invalid time string is only an annotation by default
			format.json: json-pointer format: invalid json-pointer string is only an annotation by default
			format.json: relative-json-pointer format: invalid relative-json-pointer string is only an annotation by default
			format.json: iri format: invalid iri string is only an annotation by default
			format.json: iri-reference format: invalid iri-reference string is only an annotation by default
			format.json: uri format: invalid uri string is only an annotation by default
			format.json: uri-reference format: invalid uri-reference string is only an annotation by default
			format.json: uri-template format: invalid uri-template string is only an annotation by default
			format.json: uuid format: invalid uuid string is only an annotation by default
			format.json: duration format: invalid duration string is only an annotation by default`,
		"content is an annotation, as in later drafts": `
			content.json: validation of string-encoded content based on media type: an invalid JSON document
			content.json: validation of binary string-encoding: an invalid base64 string (% is not a valid character)
			content.json: validation of binary-encoded media type documents: a validly-encoded invalid JSON document
			content.json: validation of binary-encoded media type documents: an invalid base64 string that is valid JSON`,
		"directions of writing and the encoding of labels are not checked": `
			idn-hostname.json: validation of internationalized host names: Bidi domain name with a digit-first label is invalid
			idn-hostname.json: validation of internationalized host names: label starting with a digit before a right-to-left letter is invalid
			idn-hostname.json: validation of internationalized host names: left-to-right label containing a right-to-left letter is invalid
			idn-hostname.json: validation of internationalized host names: right-to-left label mixing both digit types is invalid
			idn-hostname.json: validation of internationalized host names: A-label that decodes to a Bidi rule violation is invalid
			idn-hostname.json: validation of internationalized host names: non-canonical Punycode that does not re-encode to itself is invalid`,
	} {
		for line := range strings.Lines(names) {
			if name := strings.TrimSpace(line); name != "" {
				exceptions[name] = reason
			}
		}
	}
	return exceptions
}
