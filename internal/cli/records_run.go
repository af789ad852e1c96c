package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"

	"github.com/chatcmpl/chatcmpl/internal/batch"
	"github.com/chatcmpl/chatcmpl/internal/render"
)

// run sends the records and gives the results to stdout or to the file of -o.
func (r *records) run(ctx context.Context, cfg *batch.Config, in *os.File) error {
	if r.flags.out == "" {
		cfg.Sink = &stdoutSink{r.env, !r.flags.unordered}
		return r.send(ctx, cfg, in)
	}
	file, err := batch.OpenFile(r.flags.out, r.flags.resume, r.flags.force, in)
	if err != nil {
		return refused(r.flags.out, err)
	}
	defer func() { _ = file.Close() }()
	cfg.Sink = file
	switch {
	case r.flags.resume:
		if cfg.Resume, err = r.goOn(ctx, cfg, file, in); err != nil {
			return err
		}
	case r.flags.force:
		if err := file.Truncate(); err != nil {
			return err
		}
	}
	return r.send(ctx, cfg, in)
}

// goOn reads what an earlier run has done and makes the file ready to be appended to.
func (r *records) goOn(ctx context.Context, cfg *batch.Config, file *batch.File, in *os.File) (*batch.Resume, error) {
	resume, err := r.check(ctx, cfg, file.Scan, in)
	if err != nil {
		return nil, err
	}
	return resume, file.Continue(resume)
}

// check holds what an earlier run has done against the input, before anything in the file
// changes.
func (r *records) check(ctx context.Context, cfg *batch.Config, scan func(retryFailed bool) (*batch.Resume, error), in *os.File) (*batch.Resume, error) {
	if !regular(in) {
		return nil, usage("write the requests to a file first", "--resume reads the requests twice, and %s is no regular file", r.flags.in)
	}
	resume, err := scan(r.flags.retryFailed)
	if err != nil {
		return nil, refused(r.flags.out, err)
	}
	if err := resume.Check(ctx, cfg, in); err != nil {
		if ctx.Err() != nil {
			return nil, err
		}
		return nil, refused(r.flags.out, err)
	}
	failed := ""
	if resume.Failed > 0 {
		failed = fmt.Sprintf(" (%d failed; --retry-failed tries again)", resume.Failed)
	}
	r.env.note("%s done before%s, %s left", plural(int(resume.Done), "record"), failed, plural(int(resume.Left), "record"))
	if _, err := in.Seek(0, io.SeekStart); err != nil {
		return nil, usage("", "--input: %w", err)
	}
	return resume, nil
}

func regular(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode().IsRegular()
}

// send runs the batch beside its progress, sums it up, and says how to go on where it ended
// early.
func (r *records) send(ctx context.Context, cfg *batch.Config, in *os.File) error {
	hint := r.goOnHint(cfg, in)
	parting := sync.OnceFunc(func() {
		if !r.env.quiet && !r.env.asJSON {
			r.env.say("hint", hint)
		}
	})
	r.signals.patient.Store(&patience{
		first:  func() { r.env.note("finishing what is under way; a second ^C or signal ends at once") },
		second: parting,
	})
	stop := r.show()
	err := batch.Run(ctx, cfg, in)
	stop()
	r.summary()
	if n := r.replaced.Load(); n > 0 {
		r.env.note("%d bytes of the input that are not UTF-8 were replaced by U+FFFD", n)
	}
	if err == nil {
		return nil
	}
	if incomplete := new(batch.IncompleteError); errors.As(err, &incomplete) && incomplete.Why == "" {
		if r.resumable(cfg, in) {
			err = hinted(err, "--resume tries again what may pass, with --retry-failed all that failed; jq 'select(.error)' "+quoteWord(r.flags.out)+" shows them")
		}
		return err
	}
	if ctx.Err() != nil {
		// The process is about to die by its signal and says nothing more.
		parting()
		return err
	}
	if f := describe(err); f.exit == exitIncomplete || f.exit == exitInternal {
		return hinted(err, hint)
	}
	return err
}

// resumable says that --resume can go on with this run: results and records can be read again.
func (r *records) resumable(cfg *batch.Config, in *os.File) bool {
	file, ok := cfg.Sink.(*batch.File)
	return ok && file.Lasting() && r.whole() && r.flags.in != "-" && regular(in)
}

// goOnHint says how to go on where the run ends early.
func (r *records) goOnHint(cfg *batch.Config, in *os.File) string {
	if r.resumable(cfg, in) {
		return "go on with: " + r.flags.resumeCommand(os.Args)
	}
	return "the results that came are written; a run with -o FILE and whole results can be resumed"
}

// resumeCommand is the command line that goes on where this one ended.
func (f *recordFlags) resumeCommand(args []string) string {
	words := []string{"chatcmpl"}
	for _, arg := range args[1:] {
		words = append(words, quoteWord(arg))
	}
	if f.force {
		words = takeBack(words, "--force")
	}
	if f.retryFailed {
		words = takeBack(words, "--retry-failed")
	}
	if !f.resume {
		words = append(words, "--resume")
	}
	return strings.Join(words, " ")
}

// takeBack removes a flag that is set, or where several words look like it, of which another
// flag's value may be one, sets it anew.
func takeBack(words []string, flag string) []string {
	is := func(word string) bool { return word == flag || strings.HasPrefix(word, flag+"=") }
	others := slices.DeleteFunc(slices.Clone(words), is)
	if len(words)-len(others) == 1 {
		return others
	}
	return append(words, flag+"=false")
}

// quoteWord quotes a word for a shell where it needs it.
func quoteWord(word string) string {
	plain := func(c rune) bool {
		return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.ContainsRune("-_./:=,@%+", c)
	}
	if word != "" && !strings.ContainsFunc(word, func(c rune) bool { return !plain(c) }) {
		return word
	}
	return quoteShell(word)
}

// stdoutSink prints results.
type stdoutSink struct {
	env     *env
	ordered bool
}

// Write implements batch.Sink.
func (s *stdoutSink) Write(text []byte) error {
	if !s.env.outTTY {
		_, err := s.env.stdout.Write(text)
		return err
	}
	s.env.mu.Lock()
	defer s.env.mu.Unlock()
	s.env.erase()
	_, err := s.env.stdout.WriteString(render.Harmless(string(slices.Clip(text))))
	return err
}

// Sync implements batch.Sink: what a pipe or a terminal has taken is theirs.
func (s *stdoutSink) Sync() error { return nil }

// Ordered implements batch.Sink.
func (s *stdoutSink) Ordered() bool { return s.ordered }
