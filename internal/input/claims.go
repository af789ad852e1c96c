package input

import (
	"io/fs"
	"os"
	"slices"

	"github.com/chatcmpl/chatcmpl/internal/failure"
)

// claims determines which argument reads standard input. It returns an error if several do, or if a file would be sent
// twice, also under different names.
func (r *reader) claims() error {
	r.callStdinDash()
	claims := r.claimants()
	switch {
	case len(claims) > 1 && claims[0] == claims[1]:
		return badUsage("%s is given twice, but standard input can be read only once", claims[0])
	case len(claims) > 1:
		return failure.BadUsage("put one of them into a file", "both %s and %s read standard input", claims[0], claims[1])
	}
	r.stdin.claimed = len(claims) == 1 || slices.ContainsFunc(r.files(), r.stdin.isFile)
	return r.refuseTwice(claims)
}

// callStdinDash replaces other names of standard input by "-".
func (r *reader) callStdinDash() {
	spec := *r.spec
	spec.Items, spec.Pictures = slices.Clone(spec.Items), slices.Clone(spec.Pictures)
	for i, it := range spec.Items {
		if it.Kind != Text && r.stdin.hasName(it.Arg) {
			spec.Items[i].Arg = "-"
		}
	}
	for i, p := range spec.Pictures {
		if r.stdin.hasName(p) {
			spec.Pictures[i] = "-"
		}
	}
	r.spec = &spec
}

// claimants returns the arguments that read standard input, as error messages name them.
func (r *reader) claimants() []string {
	var claims []string
	if r.stdin.ClaimedBy != "" {
		claims = append(claims, r.stdin.ClaimedBy)
	}
	for _, it := range r.spec.Outside {
		if r.stdin.hasName(it.Arg) {
			claims = append(claims, it.Flag+" "+it.Arg)
		}
	}
	for _, it := range r.spec.Items {
		if it.Kind != Text && it.Arg == "-" {
			claims = append(claims, it.Flag+" -")
		}
	}
	for _, p := range r.spec.Pictures {
		if p == "-" {
			claims = append(claims, "the picture -")
		}
	}
	for _, w := range r.spec.Words {
		if w == "-" {
			claims = append(claims, "the word -")
		}
	}
	return claims
}

// sentFiles returns the files whose content is sent. A name may also be a URL or a missing file.
func (r *reader) sentFiles() []Item {
	var all []Item
	if r.spec.Continue != "" {
		all = append(all, Item{Flag: "--continue", Arg: r.spec.Continue})
	}
	for _, it := range r.spec.Items {
		if it.Kind != Text && it.Arg != "-" {
			all = append(all, it)
		}
	}
	for _, p := range r.spec.Pictures {
		if p != "-" {
			all = append(all, Item{Flag: "the picture", Arg: p})
		}
	}
	for _, it := range r.spec.Outside {
		if it.Sent && !r.stdin.hasName(it.Arg) {
			all = append(all, it)
		}
	}
	return all
}

// files returns all files that are read.
func (r *reader) files() []Item { return slices.Concat(r.sentFiles(), r.spec.Outside) }

// refuseTwice returns an error if two arguments would send the same file. claims are the arguments that read standard
// input.
func (r *reader) refuseTwice(claims []string) error {
	type file struct {
		name string
		info fs.FileInfo
	}
	var seen []file
	if info := r.stdin.info(); info != nil {
		for _, claim := range claims {
			seen = append(seen, file{claim, info})
		}
	}
	for _, it := range r.sentFiles() {
		info, err := os.Stat(it.Arg)
		if err != nil || !isFed(info) {
			// An error is reported when the file is read. Devices such as /dev/null may be given twice.
			continue
		}
		name := it.Flag + " " + displayName(it.Arg)
		for _, first := range seen {
			if os.SameFile(first.info, info) {
				return badUsage("%s and %s are the same file, which would be sent twice", first.name, name)
			}
		}
		seen = append(seen, file{name, info})
	}
	return nil
}
