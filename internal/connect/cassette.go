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
	"github.com/chatcmpl/chatcmpl/internal/session"
)

// tape returns the option that names a cassette, and its file; both are empty if no option does.
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

// refuseStream returns an error if a standard stream writes to the cassette.
func (o *Options) refuseStream(con *console.Console) error {
	name, file := o.tape()
	if stream := con.StreamTo(file); name != "" && stream != "" {
		return failure.BadOption(name, "", " and %s are the same file: %s", stream, file)
	}
	return nil
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

// newTape returns the cassette; nil if no option names one. It sends requests that are not in its file by next. base is
// the base URL of the requests.
func (o *Options) newTape(con *console.Console, base *url.URL, next http.RoundTripper) (*cassette.Cassette, error) {
	name, file := o.tape()
	shared, isShared := session.ParseAddress(o.Session)
	switch {
	case isShared && name != "":
		return nil, failure.BadOption(name, "the command's exchanges are in that file already", " can't be used inside chatcmpl %s", shared.Mode)
	case isShared:
		tape := NewCassette(con, shared.Mode, shared.File, base, next)
		client := session.NewClient(shared)
		tape.Answers, tape.Store = client, client
		if shared.Mode == cassette.Replay && !shared.Strict {
			tape.Took = client.Took
		}
		return tape, nil
	case name == "":
		return nil, nil //nolint:nilnil // most have no file
	}
	return NewCassette(con, tapeMode(name), file, base, next), nil
}

// NewCassette returns a cassette over the transport that sends what its file does not answer. base is the base URL of the
// requests.
func NewCassette(con *console.Console, mode cassette.Mode, file string, base *url.URL, next http.RoundTripper) *cassette.Cassette {
	return &cassette.Cassette{
		Name: file, Mode: mode, Next: next, Base: base.JoinPath().Path,
		Cacheable: api.Cacheable, Redact: con.Redactor.Body, Cause: api.PlainCause, Timeouts: api.Timeouts(),
		Answered: func(resp *http.Response, err error) {
			con.Detail("* answered from " + file)
			showResponse(con, resp, err)
		},
		Skipped: func(lines int) {
			con.Note("%s: %s skipped (incomplete, or not an exchange)", file, console.Plural(lines, "line"))
		},
	}
}

// checkTape returns a usage error if the file of a cassette can't be used.
func (o *Options) checkTape(tape *cassette.Cassette) error {
	if tape.Answers != nil {
		return nil
	}
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

// Tape returns a transport that records or replays the exchanges of other programs in the cassette of the options, and
// sends requests by next. Without a cassette it returns next. base is the base URL of the requests, and clientGone is the
// cause of a request whose client went away. lost returns the error if an exchange could not be recorded, otherwise nil.
func Tape(con *console.Console, o *Options, base *url.URL, next http.RoundTripper, clientGone error) (taped http.RoundTripper, lost func() error, err error) {
	tape, err := o.newTape(con, base, next)
	if tape == nil {
		return next, func() error { return nil }, err
	}
	lost = func() error {
		tape.Wait()
		return unwritten(tape)
	}
	tape.WriteFailed = func(error) { con.Note("%v", unwritten(tape)) }
	tape.ClientGone, tape.SyncLater = clientGone, true
	// The key must be redacted before anything is recorded or looked up.
	o.HideKeyFile(con)
	return localErrors{tape}, lost, o.checkTape(tape)
}

// localErrors wraps the errors of the cassette in *api.LocalError, to distinguish them from network errors.
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

// unwritten returns the error of an exchange that could not be recorded; nil if there is none or tape is nil.
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
