package connect

import (
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/cassette"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/render"
	"github.com/chatcmpl/chatcmpl/internal/reply"
)

// tape returns the option that names a file of exchanges, and the file; empty if none does.
func (o *Options) tape() (name, file string) {
	switch {
	case o.Record != "":
		return "record", o.Record
	case o.Replay != "":
		return "replay", o.Replay
	case o.Cache != "":
		return "cache", o.Cache
	}
	return "", ""
}

func tapeMode(name string) cassette.Mode {
	switch name {
	case "replay":
		return cassette.Replay
	case "cache":
		return cassette.Cache
	}
	return cassette.Record
}

// newTape returns the cassette over the transport that sends what its file does not answer; nil if there is no file. base is
// the base URL of the requests.
func (o *Options) newTape(con *console.Console, base *url.URL, next http.RoundTripper) *cassette.Cassette {
	name, file := o.tape()
	if name == "" {
		return nil
	}
	return &cassette.Cassette{
		Name: file, Mode: tapeMode(name), Next: next, Base: base.JoinPath().Path,
		Cacheable: api.Cacheable, Redact: con.Redactor.Body, Cause: api.PlainCause, Timeouts: api.Timeouts(),
		Answered: func(resp *http.Response, err error) {
			con.Detail("* answered from " + file)
			showResponse(con, resp, err)
		},
		Skipped: func(lines int) {
			con.Note("%s: %s passed over (torn, or no exchange)", file, console.Plural(lines, "line"))
		},
	}
}

// checkTape refuses a cassette whose file can't be used.
func (o *Options) checkTape(tape *cassette.Cassette) error {
	err := tape.Check()
	if err == nil {
		return nil
	}
	name, file := o.tape()
	hint := ""
	if errors.Is(err, fs.ErrNotExist) && tape.Mode == cassette.Replay {
		hint = "--record " + console.Quote(file) + " makes it"
	}
	return failure.BadOption(name, hint, ": %w", err)
}

// Tape puts the file of exchanges that the options name before a transport, for a server: what other programs ask is kept in
// it, or answered from it. base is the base URL of the requests. lost returns why an exchange could not be kept; nil if none
// was lost. Without a file it returns next.
func Tape(con *console.Console, o *Options, base *url.URL, next http.RoundTripper) (taped http.RoundTripper, lost func() error, err error) {
	tape := o.newTape(con, base, next)
	lost = func() error { return unwritten(tape) }
	if tape == nil {
		return next, lost, nil
	}
	tape.WriteFailed = func(error) { con.Note("%v", lost()) }
	// A key must be known as a secret before anything is kept or looked up.
	o.HideKeyFile(con)
	return localErrors{tape}, lost, o.checkTape(tape)
}

// localErrors marks the errors of a cassette itself: they are no failures of the network.
type localErrors struct{ *cassette.Cassette }

// RoundTrip implements http.RoundTripper.
func (l localErrors) RoundTrip(req *http.Request) (*http.Response, error) {
	resp, err := l.Cassette.RoundTrip(req)
	if miss, ok := errors.AsType[*cassette.MissError](err); ok {
		err = &api.LocalError{Err: &reply.Error{Kind: failure.Unrecorded, Message: miss.Error(), Err: miss}}
	} else if _, ok := errors.AsType[*cassette.FileError](err); ok {
		err = &api.LocalError{Err: err}
	}
	return resp, err
}

// unwritten returns the error of a cassette, which may be nil, that lost an exchange.
func unwritten(tape *cassette.Cassette) error {
	if tape == nil || tape.WriteError() == nil {
		return nil
	}
	err := tape.WriteError()
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		err = path.Err
	}
	return &render.WriteError{Err: fmt.Errorf("%s: %w", tape.Name, err)}
}
