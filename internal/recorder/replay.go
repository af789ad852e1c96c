package recorder

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/http"
	"net/url"
	"strings"
	"sync"

	"github.com/chatcmpl/chatcmpl/internal/cassette"
	"github.com/chatcmpl/chatcmpl/internal/connect"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/proxy"
	"github.com/chatcmpl/chatcmpl/internal/session"
)

// Replay runs a program and answers its requests from a file. Its errors are *EndedError and usage errors.
func Replay(ctx context.Context, con *console.Console, o *Options) error {
	if err := o.check("replay"); err != nil {
		return err
	}
	name, err := absolute(o.File)
	if err != nil {
		return err
	}
	if err := o.checkRecorded(name); err != nil {
		return err
	}
	sequence := &cassette.Sequence{Name: name, Strict: o.Strict}
	h := &host{
		con: con, session: &session.Server{Sequence: sequence}, needsKey: true,
		address: session.Address{Mode: cassette.Replay, Strict: o.Strict, File: name},
	}
	h.foreign = func(prefix string) http.Handler { return recorded(con, prefix, h.session, o.File, name) }
	var loading sync.WaitGroup
	// The file is read while the program starts. An error comes again below.
	loading.Go(func() { _, _ = sequence.Sums() })
	started, _, err := h.run(ctx, o)
	loading.Wait()
	if !started {
		return err
	}
	sums, sumsErr := sequence.Sums()
	if sumsErr != nil {
		return errors.Join(err, fmt.Errorf("%s: %w", o.File, sumsErr))
	}
	o.noteDifferences(con, sums)
	if err == nil && o.Strict && sums.Missing+sums.Again+sums.Unasked > 0 {
		err = &EndedError{kind: failure.Unrecorded, err: fmt.Errorf("%s: the command's requests are not exactly the recorded ones", o.File)}
	}
	return err
}

// checkRecorded refuses a file that holds no recording.
func (o *Options) checkRecorded(name string) error {
	tape := cassette.Cassette{Name: name, Mode: cassette.Replay}
	err := tape.Check()
	if path, ok := errors.AsType[*fs.PathError](err); ok && errors.Is(path, fs.ErrNotExist) {
		path.Path = o.File
		return failure.BadUsage("chatcmpl record "+console.Quote(o.File)+" -- COMMAND makes it", "%w", err)
	}
	if err == nil {
		err = tape.CheckKind()
	}
	return usage(o.File, err)
}

// noteDifferences notes how the requests of the program differ from the recorded ones.
func (o *Options) noteDifferences(con *console.Console, sums cassette.Sums) {
	note := func(n int, what, format string) {
		if n > 0 {
			con.Note(format, o.File, console.Plural(n, what))
		}
	}
	note(sums.Skipped, "line", "%s: %s skipped (incomplete, or not an exchange)")
	note(sums.Missing, "request", "%s: %s not found in it")
	if o.Strict {
		note(sums.Again, "request", "%s: %s more than recorded")
	} else {
		note(sums.Again, "request", "%s: %s more than recorded, answered with the last reply again")
	}
	note(sums.Unasked, "exchange", "%s: %s never requested")
}

// recorded returns a handler that answers programs in other languages from a file.
func recorded(con *console.Console, prefix string, answers cassette.Answers, shown, name string) http.Handler {
	base := &url.URL{Scheme: "http", Host: "recorded", Path: "/v1"}
	tape := connect.NewCassette(con, cassette.Replay, name, base, nil)
	tape.Answers = answers
	f := forwarding(con, prefix)
	f.Upstream, f.Transport, f.Keeper = base, tape, nil
	f.Admit = func(r *http.Request) error { connect.HideClient(con, r); return nil }
	f.Failed = func(w http.ResponseWriter, _ *http.Request, err error) {
		miss, isMiss := errors.AsType[*cassette.MissError](err)
		if !isMiss {
			// The recorded exchange ended in the same way.
			proxy.Fail(w, http.StatusBadGateway, "upstream_unreachable", err.Error())
			return
		}
		proxy.Fail(w, http.StatusBadRequest, "unrecorded", strings.Replace(miss.Error(), name, shown, 1))
	}
	return proxy.New(f)
}
