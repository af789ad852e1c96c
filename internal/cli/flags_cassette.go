package cli

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"os"

	"github.com/spf13/cobra"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/cassette"
	"github.com/chatcmpl/chatcmpl/internal/render"
)

// cassetteFlags are the flags for a file of exchanges; at most one of them is set.
type cassetteFlags struct{ record, replay, cache string }

// cassetteFlag is one of the flags: its name, the file that it names, empty where it is not
// set, and what is done with that.
type cassetteFlag struct {
	flag, file string
	mode       cassette.Mode
}

func (f *cassetteFlags) all() []cassetteFlag {
	return []cassetteFlag{
		{"record", f.record, cassette.Record},
		{"replay", f.replay, cassette.Replay},
		{"cache", f.cache, cassette.Cache},
	}
}

func (f *cassetteFlags) bind(cmd *cobra.Command) {
	fs := cmd.PersistentFlags()
	fs.Var(exchanges(&f.record), "record", "add each exchange to a `file`; keys are never in it")
	fs.Var(exchanges(&f.replay), "replay", "answer from a `file` that --record made: no key, no network")
	fs.Var(exchanges(&f.cache), "cache", "answer from a `file` what it has a good reply to, and add the good replies it hasn't")
}

// exchanges is a flag that names a file of exchanges.
func exchanges(into *string) *value {
	return &value{kind: "file", set: func(s string) error {
		if s == "" || s == "-" {
			return errors.New("must name a file")
		}
		*into = s
		return nil
	}}
}

// chosen is the flag in force; its name is empty where there is none.
func (f *cassetteFlags) chosen(e *env) (in cassetteFlag, err error) {
	for _, c := range f.all() {
		if c.file == "" {
			continue
		}
		if in.flag != "" {
			return cassetteFlag{}, usage("", "%s and %s don't go together", e.called(in.flag), e.called(c.flag))
		}
		in = c
	}
	return in, nil
}

// load makes the cassette, which still lacks the transport that sends what its file does not
// answer; nil where there is none.
func (f *cassetteFlags) load(e *env, to *endpoint) (*cassette.Cassette, error) {
	in, err := f.chosen(e)
	if err != nil || in.flag == "" {
		return nil, err
	}
	return &cassette.Cassette{
		Name: in.file, Mode: in.mode, Base: to.base.JoinPath().Path, Good: api.Good, Redact: e.redact.Bytes, Cause: api.PlainCause, Bounds: api.Bounds(),
		Answered: func(resp *http.Response, err error) {
			e.detail("* answered from " + in.file)
			if e.verbose {
				(&verbose{env: e}).response(resp, err)
			}
		},
		PassedOver: func(lines int) {
			e.note("%s: %s passed over (torn, or no exchange)", in.file, plural(lines, "line"))
		},
	}, nil
}

// check refuses a cassette, which may be nil, whose file can't be used.
func (f *cassetteFlags) check(e *env, c *cassette.Cassette) error {
	if c == nil {
		return nil
	}
	err := c.Check()
	if err == nil {
		return nil
	}
	in, _ := f.chosen(e)
	hint := ""
	if errors.Is(err, fs.ErrNotExist) && c.Mode == cassette.Replay {
		hint = "--record " + quoteWord(in.file) + " makes it"
	}
	return usage(hint, "%s: %w", e.called(in.flag), err)
}

// apart refuses a file of exchanges that another flag names, too, by this or another name.
// The info is nil where that other file does not exist.
func (f *cassetteFlags) apart(e *env, other string, info fs.FileInfo) error {
	in, err := f.chosen(e)
	if err != nil || in.flag == "" || info == nil {
		return err
	}
	kept, err := os.Stat(in.file)
	if err == nil && kept.Mode().IsRegular() && os.SameFile(kept, info) {
		return usage("", "%s and --%s are the same file: %s", e.called(in.flag), other, in.file)
	}
	// What can't be used is told where it is used.
	return nil
}

// local marks what a cassette says of its own: it is no failure of the network.
type local struct{ *cassette.Cassette }

// RoundTrip implements http.RoundTripper.
func (l local) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := l.Cassette.RoundTrip(req)
	if miss, ok := errors.AsType[*cassette.MissError](err); ok {
		err = &api.LocalError{Err: &api.Error{Kind: api.KindUnrecorded, Message: miss.Error(), After: -1, Err: miss}}
	} else if _, ok := errors.AsType[*cassette.FileError](err); ok {
		err = &api.LocalError{Err: err}
	}
	return resp, err
}

// unrecorded is the error of a reply that came and that could not be added to the file of
// exchanges.
func (l *link) unrecorded() error {
	return unwritten(l.cassette)
}

// unwritten is the error of a cassette, which may be nil, that lost an exchange.
func unwritten(c *cassette.Cassette) error {
	if c == nil || c.Unwritten() == nil {
		return nil
	}
	err := c.Unwritten()
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		err = path.Err
	}
	return &render.WriteError{Err: fmt.Errorf("%s: %w", c.Name, err)}
}

// caches says that replies may come from a cache.
func (l *link) caches() bool { return l.cassette != nil && l.cassette.Mode == cassette.Cache }

// replayed says whether all answers come from a file.
func (l *link) replayed() bool { return l.cassette != nil && l.cassette.Mode == cassette.Replay }
