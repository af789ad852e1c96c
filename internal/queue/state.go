package queue

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/lock"
)

// stateSuffix follows the name of the output in the name of the state.
const stateSuffix = ".batch.jsonl"

// stateVersion is the version of the state's format.
const stateVersion = 1

// event is a line of the state. It is on disk before what it names is done, or could be lost.
type event struct {
	Event stage     `json:"event"`
	Time  time.Time `json:"time"`

	// Version, Base, API and Deadline belong to the event that begins a state.
	Version  int    `json:"version,omitempty"`
	Base     string `json:"base_url,omitempty"`
	API      string `json:"api,omitempty"`
	Deadline string `json:"deadline,omitempty"`

	// Part numbers the part that the event is about. Records, First, Last and Bytes describe it: its records, the lines of the
	// first and of the last one, and the size of its file; Index holds its entries.
	Part    int    `json:"part,omitempty"`
	Records int    `json:"records,omitempty"`
	First   int64  `json:"first_line,omitempty"`
	Last    int64  `json:"last_line,omitempty"`
	Bytes   int64  `json:"bytes,omitempty"`
	Index   []byte `json:"index,omitempty"`

	File  string `json:"file_id,omitempty"`
	Batch string `json:"batch_id,omitempty"`
	Words string `json:"words,omitempty"`
}

// beginning is the first event of a state.
const beginning stage = "begin"

// state is the file that remembers what was submitted.
type state struct {
	name string
	file *os.File // nil before there is anything to remember

	begin event
	parts []*part
}

// errHeld reports a state that another run writes.
var errHeld = errors.New("another run is writing it")

// openState opens and locks the state of an earlier run. found reports whether there is one.
func openState(name string) (s *state, found bool, err error) {
	s = &state{name: name}
	f, err := lock.Open(name, os.O_RDWR, 0o600)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return s, false, nil
	case errors.Is(err, lock.ErrHeld):
		return s, true, errHeld
	case err != nil:
		return s, true, err
	}
	end, err := s.read(f)
	if err == nil {
		// A torn last line is dropped.
		err = f.Truncate(end)
	}
	if err == nil {
		_, err = f.Seek(end, io.SeekStart)
	}
	if err != nil {
		return s, true, errors.Join(err, f.Close())
	}
	if s.begin.Version == 0 {
		// The run was killed before it wrote the first event.
		return s, false, f.Close()
	}
	s.file = f
	return s, true, nil
}

// read reads the events and returns the end of the last whole line.
func (s *state) read(in io.Reader) (end int64, err error) {
	buf := bufio.NewReaderSize(in, 1<<20)
	for number := 1; ; number++ {
		line, err := buf.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return end, nil
		}
		if err != nil {
			return end, err
		}
		var e event
		if json.Unmarshal(bytes.TrimSpace(line), &e) != nil || !s.apply(&e) {
			return end, fmt.Errorf("line %d is no event of a batch", number)
		}
		end += int64(len(line))
	}
}

// apply applies an event to the parts. It returns false if the event is not valid.
func (s *state) apply(e *event) bool {
	if e.Event == beginning {
		s.begin = *e
		return e.Version == stateVersion && s.parts == nil
	}
	if e.Event == planned {
		entries, err := decode(e.Index)
		p := &part{number: e.Part, entries: entries, size: e.Bytes, batch: e.Batch}
		p.plan(e.Time)
		s.parts = append(s.parts, p)
		return err == nil && s.begin.Version > 0
	}
	p := s.part(e.Part)
	if p == nil {
		return false
	}
	switch p.stage = e.Event; e.Event {
	case uploading, creating, canceled:
	case uploaded:
		p.file = e.File
	case created:
		p.batch, p.begun = e.Batch, e.Time
	case busy:
		if p.batch != "" {
			p.former = append(p.former, p.batch)
		}
		p.stage, p.batch = uploaded, ""
	case collected, rejected, dropped:
		p.close(e.Event)
	default:
		return false
	}
	return true
}

// part returns the part of a number; nil if there is none.
func (s *state) part(number int) *part {
	for _, p := range s.parts {
		if p.number == number {
			return p
		}
	}
	return nil
}

// start makes the file and writes its first event.
func (s *state) start(begin event) error {
	f, err := lock.Open(s.name, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return &stateError{s.name, err}
	}
	s.file = f
	begin.Event, begin.Version = beginning, stateVersion
	s.begin = begin
	return s.append(&begin)
}

// add plans a part. One whose batch is known is adopted by the same event: a run that is killed never submits it again.
func (s *state) add(p *part) error {
	p.number = 1
	for _, other := range s.parts {
		p.number = max(p.number, other.number+1)
	}
	now := time.Now()
	p.plan(now)
	s.parts = append(s.parts, p)
	return s.append(&event{
		Event: planned, Time: now, Batch: p.batch, Part: p.number, Records: len(p.entries), First: p.entries[0].line, Last: p.entries[len(p.entries)-1].line,
		Bytes: p.size, Index: encode(p.entries),
	})
}

// move brings a part to another stage.
func (s *state) move(p *part, to stage, words string) error {
	e := &event{Event: to, Part: p.number, Words: words}
	switch to {
	case uploaded:
		e.File = p.file
	case created:
		e.Batch = p.batch
	}
	if err := s.append(e); err != nil {
		return err
	}
	s.apply(e)
	return nil
}

// append writes an event, and returns when it is on disk.
func (s *state) append(e *event) error {
	if e.Time.IsZero() {
		e.Time = time.Now()
	}
	line, err := json.Marshal(e)
	if err == nil {
		_, err = s.file.Write(append(line, '\n'))
	}
	if err == nil {
		err = s.file.Sync()
	}
	if err != nil {
		return &stateError{s.name, err}
	}
	return nil
}

// isDone reports whether no part is open.
func (s *state) isDone() bool {
	for _, p := range s.parts {
		if p.isOpen() {
			return false
		}
	}
	return true
}

// remove removes the file, whose parts are all at their end.
func (s *state) remove() error {
	if s.file == nil {
		return nil
	}
	err := os.Remove(s.name)
	_ = s.file.Close()
	if err != nil {
		// Windows removes no open file.
		err = os.Remove(s.name)
	}
	s.file, s.parts = nil, nil
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return &stateError{s.name, err}
	}
	return nil
}

// close closes the file, and leaves it.
func (s *state) close() {
	if s.file != nil {
		_ = s.file.Close()
	}
}
