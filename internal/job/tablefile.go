package job

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path/filepath"
	"runtime"
	"sync"

	"github.com/chatcmpl/chatcmpl/internal/atomicfile"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/results"
	"github.com/chatcmpl/chatcmpl/internal/rows"
	"github.com/chatcmpl/chatcmpl/internal/table"
)

// tableFile is a table that is written when every record is done. Until then, the results are in a file beside it.
type tableFile struct {
	name  string
	isNew bool // it did not exist before the run
}

// resultsSuffix follows the name of a table in the name of the file of its results.
const resultsSuffix = ".results.jsonl"

// beginTableFile puts the results into a file beside the table, if one is to be written. finished reports that it is there.
func (j *job) beginTableFile() (finished bool, err error) {
	if j.Table.Format == 0 || j.Output == "" {
		return false, nil
	}
	own := *j.Options
	j.file, j.Options = &tableFile{name: own.Output}, &own
	own.Output += resultsSuffix
	if info, err := os.Stat(j.Output); err == nil && !info.Mode().IsRegular() && !info.IsDir() {
		return false, failure.BadOption("output", "", " %s: it is not a regular file, so no table can be made of the results in it", j.Output)
	}
	info, err := os.Stat(j.file.name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		j.file.isNew = true
		return false, nil
	case err != nil:
		return false, outputError(j.file.name, err)
	case info.IsDir():
		return false, outputError(j.file.name, results.ErrDirectory)
	case j.isInput(info):
		return false, outputError(j.file.name, results.ErrIsInput)
	case !info.Mode().IsRegular():
		return false, failure.BadOption("output", "--csv prints it to standard output", " %s: a table is written to a regular file", j.file.name)
	case j.Force:
		return false, nil
	}
	if _, err := os.Stat(j.Output); !errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if !j.Resume {
		return false, failure.BadOption("output", "--force writes it again", " %s: it exists", j.file.name)
	}
	nothing := "nothing is sent"
	if j.Expect != nil {
		nothing += " or judged"
	}
	j.con.Note("%s is finished, and %s; --force makes it again", console.Quote(j.file.name), nothing)
	return true, nil
}

// isInput reports whether a file is the input, which is not open yet.
func (j *job) isInput(info fs.FileInfo) bool {
	in, err := os.Stat(j.Input)
	if j.Input == "-" && j.con.Stdin != nil {
		in, err = j.con.Stdin.Stat()
	}
	return err == nil && os.SameFile(in, info)
}

// tableError reports a table that could not be written.
type tableError struct {
	name string
	err  error
}

func (e *tableError) Error() string {
	return fmt.Sprintf("the table %s can't be written: %v", e.name, e.err)
}

// Unwrap returns the cause.
func (e *tableError) Unwrap() error { return e.err }

// Failure implements failure.Reporter.
func (e *tableError) Failure() failure.Report { return failure.Report{Kind: failure.Output} }

// writeTable writes the table of the results in a file, and removes that if there is nothing left to go on with.
func (j *job) writeTable(ctx context.Context, file *results.File) error {
	sums := j.progress.stats.Snapshot()
	failed := sums.Failed
	if j.cfg.Resume != nil {
		failed += j.cfg.Resume.Failed
	}
	// The index takes the place of the ids.
	j.cfg.Resume = nil
	runtime.GC()
	unused, err := j.replaceTable(ctx, file, sums.Done+sums.Skipped)
	if err != nil {
		return err
	}
	j.table.note(j.con, "all of it stays in "+console.Quote(j.Output))
	isPart := j.Shards > 1 || j.Limit > 0 && sums.Done+sums.Skipped >= j.Limit
	if failed > 0 || isPart || unused > 0 || j.table.partial.Load() > 0 {
		return nil
	}
	if err := file.Remove(); err != nil {
		return &tableError{j.Output, err}
	}
	return nil
}

// replaceTable writes the whole table. It returns the number of results that have no line in it. At a signal it hints at once how
// to go on, and the end waits until the incomplete table is removed.
func (j *job) replaceTable(ctx context.Context, file *results.File, count int64) (unused int, err error) {
	printHint := sync.OnceFunc(func() { j.con.Hint(j.tableHint(nil)) })
	defer j.Graceful(printHint, func() {})()
	name := atomicfile.Resolve(j.file.name)
	dir, base := filepath.Split(name)
	err = atomicfile.Stream(name, filepath.Join(dir, "."+base+".new"), func(w io.Writer) (err error) {
		if unused, err = j.writeLines(ctx, w, file, count); err != nil {
			return err
		}
		return j.checkAbsent()
	})
	switch {
	case err == nil:
		return unused, nil
	case ctx.Err() != nil:
		// The signal is about to end the process, so nothing else reports the error.
		printHint()
		return 0, context.Cause(ctx)
	}
	return 0, failure.WithHint(&tableError{j.file.name, err}, j.tableHint(err))
}

// tableHint returns the hint how to write a table of the results that are there. err is why it could not be written.
func (j *job) tableHint(err error) string {
	hint := "all results are in " + console.Quote(j.Output) + "; "
	if errors.Is(err, errAppeared) {
		hint += "move " + console.Quote(j.file.name) + " away, then "
	}
	if j.isResumable() {
		return hint + "write the table with: " + j.ResumeCommand
	}
	return hint + "write the input to a file, and the table with -i FILE and --resume"
}

var errAppeared = errors.New("another program made a file of that name during the run")

// checkAbsent returns an error if a table that did not exist before the run exists now, unless it may be overwritten.
func (j *job) checkAbsent() error {
	if _, err := os.Lstat(atomicfile.Resolve(j.file.name)); !j.file.isNew || j.Force || errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return errAppeared
}

// writeLines writes the lines of the table. It returns the number of results in the file that have no line.
func (j *job) writeLines(ctx context.Context, w io.Writer, file *results.File, count int64) (unused int, err error) {
	if _, err := w.Write(j.table.header()); err != nil {
		return 0, err
	}
	again := j.Input != "-" && isRegular(j.in)
	index, err := file.Index(!again, count)
	if err != nil {
		return 0, err
	}
	lines := j.resultsByLine(index)
	if again {
		lines = j.resultsByRecord(ctx, index, count)
	}
	for result, err := range lines {
		if err = errors.Join(err, context.Cause(ctx)); err != nil {
			return 0, err
		}
		if _, err := w.Write(j.table.line(result)); err != nil {
			return 0, err
		}
	}
	if again {
		unused = index.Unused()
	}
	return unused, nil
}

// resultsByLine returns the results in the order of their lines: that of an input which can't be read again and so was read once.
func (j *job) resultsByLine(index *results.Index) iter.Seq2[*table.Result, error] {
	return func(yield func(*table.Result, error) bool) {
		for stored, err := range index.All() {
			if !yield(j.pastResult(&stored, rows.FromJSON(stored.Input)), err) {
				return
			}
		}
	}
}
