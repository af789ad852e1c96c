package recorder

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/chatcmpl/chatcmpl/internal/cassette"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/failure"
)

// recording is the file that a recording is written to.
type recording struct {
	// shown is the name that the user gave, and name the absolute one of the file that is written.
	shown, name string
	// replaces is the file that the recording takes the place of once the program has succeeded; empty if there is none.
	replaces string
	// isNew reports that the file was made for this recording.
	isNew bool
	// info identifies the file.
	info fs.FileInfo
}

// openRecording makes or checks the file of a recording. Its errors are usage errors.
func (o *Options) openRecording() (*recording, error) {
	name, err := absolute(o.File)
	if err != nil {
		return nil, err
	}
	r := &recording{shown: o.File, name: name}
	if err := o.make(r); err != nil {
		return nil, err
	}
	r.info, err = os.Stat(r.name)
	return r, usage(r.shown, err)
}

// make makes the file, or checks the one that is added to.
func (o *Options) make(r *recording) error {
	info, err := os.Stat(r.name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		r.isNew, r.name = true, behindLink(r.name)
		return usage(o.File, create(r.name, 0o600))
	case err != nil:
		return usage(o.File, err)
	case !o.Append && !o.Force:
		return failure.BadUsage("--append adds to it, --force replaces it", "%s: the file exists", o.File)
	}
	tape := cassette.Cassette{Name: r.name, Mode: cassette.Cache}
	if err := tape.Check(); err != nil || o.Append {
		return usage(o.File, err)
	}
	return r.replace(info.Mode().Perm())
}

// behindLink returns the file that a symbolic link leads to before it exists; the name itself if it is no link.
func behindLink(name string) string {
	target, err := os.Readlink(name)
	switch {
	case err != nil:
		return name
	case filepath.IsAbs(target):
		return target
	}
	return filepath.Join(filepath.Dir(name), target)
}

// replace makes a file beside the one that it will replace. A symbolic link stays one.
func (r *recording) replace(mode fs.FileMode) error {
	target, err := filepath.EvalSymlinks(r.name)
	if err != nil {
		return usage(r.shown, err)
	}
	suffix := ".new"
	for number := 2; ; number++ {
		err = create(target+suffix, mode)
		if !errors.Is(err, fs.ErrExist) {
			break
		}
		// The recording of a command that failed may be there.
		suffix = fmt.Sprintf(".new.%d", number)
	}
	r.replaces, r.name, r.shown = target, target+suffix, r.shown+suffix
	return usage(r.shown, err)
}

// create makes a file that does not exist.
func create(name string, mode fs.FileMode) error {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	return f.Close()
}

// usage returns the error of a file as a usage error; nil for nil.
func usage(shown string, err error) error {
	if err == nil {
		return nil
	}
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		err = path.Err
	}
	return failure.BadUsage("", "%s: %w", shown, err)
}

// discard removes the file of a program that did not start, unless it was there before.
func (r *recording) discard() error {
	if !r.isNew && r.replaces == "" {
		return nil
	}
	return os.Remove(r.name)
}

// finish puts the recording in the place of the file that it replaces, if the program succeeded. It returns an error if
// somebody deleted or replaced the file that was written.
func (r *recording) finish(con *console.Console, succeeded bool) error {
	info, err := os.Stat(r.name)
	switch {
	case err != nil || !os.SameFile(info, r.info):
		return fmt.Errorf("%s was deleted or replaced during the run", r.shown)
	case info.Size() == 0 && r.isNew && !succeeded:
		con.Note("%s: the command failed and made no request that could be recorded, so the file is removed", r.shown)
		return os.Remove(r.name)
	case info.Size() == 0:
		con.Note("%s: the command made no request that could be recorded", r.shown)
	}
	if r.replaces == "" {
		return nil
	}
	if !succeeded {
		con.Note("the command failed: its exchanges are in %s, and the file to be replaced is unchanged", r.shown)
		return nil
	}
	if err := os.Rename(r.name, r.replaces); err != nil {
		return fmt.Errorf("the recording stays in %s: %w", r.shown, err)
	}
	return nil
}
