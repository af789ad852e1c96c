package batches

import (
	"cmp"
	"errors"
	"io"
	"mime/multipart"
	"time"
)

// file is a file as the API shows it, which is the same in both dialects, and its content.
type file struct {
	ID       string `json:"id"`
	Object   string `json:"object"`
	Bytes    int64  `json:"bytes"`
	Created  int64  `json:"created_at"`
	Filename string `json:"filename"`
	Purpose  string `json:"purpose"`
	Status   string `json:"status"`

	content *blob
}

// purposeBatch is the purpose of a file that holds records.
const purposeBatch = "batch"

func newFile(id, name, purpose string, content *blob) *file {
	return &file{id, "file", content.size, time.Now().Unix(), name, purpose, "processed", content}
}

// upload keeps the file of a form.
func (s *Service) upload(c *Call) (*Answer, error) {
	parts, err := c.MultipartReader()
	if err != nil {
		return nil, invalid("Failed to read the form: %v", err)
	}
	form := uploadForm{limit: s.limits.file, space: &s.space}
	for err == nil {
		var part *multipart.Part
		if part, err = parts.NextPart(); err == nil {
			err = form.add(part)
		}
	}
	if errors.Is(err, io.EOF) {
		err = form.check()
	}
	if err != nil {
		s.space.release(form.taken)
		// A client that is still sending would not read the refusal.
		_, _ = io.CopyN(io.Discard, c.Body, 8*s.limits.file)
		return nil, formError(err)
	}
	f := newFile("file_"+c.Unique, form.filename, cmp.Or(form.purpose, purposeBatch), form.content)
	s.files.add(f.ID, f)
	return answerJSON(f), nil
}

// formError returns the refusal of a form that ended too early or is malformed.
func formError(err error) error {
	if _, ok := errors.AsType[*RefusedError](err); ok {
		return err
	}
	return invalid("Failed to read the form: %v", err)
}

// uploadForm collects the parts of a form. The file goes straight into the memory where it stays.
type uploadForm struct {
	limit             int64
	space             *space
	taken             int64 // of the space
	filename, purpose string
	content           *blob // nil before the file has come
}

func (u *uploadForm) add(part *multipart.Part) error {
	switch name := part.FormName(); {
	case name == "file" && u.content != nil:
		return invalid("There must be only one file.")
	case name == "file":
		u.content, u.filename = &blob{}, part.FileName()
		_, err := io.Copy(u, part)
		return err
	default:
		value, err := io.ReadAll(io.LimitReader(part, entrySize))
		if name == "purpose" {
			u.purpose = string(value)
		}
		return err
	}
}

// Write appends to the file. It implements io.Writer.
func (u *uploadForm) Write(p []byte) (int, error) {
	n := int64(len(p))
	if u.content.size+n > u.limit {
		return 0, tooLarge("The file is larger than %d bytes.", u.limit)
	}
	if err := u.take(n); err != nil {
		return 0, err
	}
	return u.content.Write(p)
}

func (u *uploadForm) take(n int64) error {
	if !u.space.take(n) {
		return tooLarge("There is no more room for files. Delete some.")
	}
	u.taken += n
	return nil
}

// check refuses a form without a file.
func (u *uploadForm) check() error {
	if u.content == nil {
		return invalid("The form has no file.")
	}
	return u.take(entrySize)
}

// listFiles answers with a page in both dialects at once, which differ only in how they name the next page.
func (s *Service) listFiles(c *Call) (*Answer, error) {
	p, err := readPaging(c.URL.Query(), 10_000, 10_000)
	if err != nil {
		return nil, err
	}
	purpose := c.URL.Query().Get("purpose")
	page, err := pageOf(&s.files, p, func(f *file) bool { return purpose == "" || f.Purpose == purpose }, func(f *file) (string, any) { return f.ID, f })
	if err != nil {
		return nil, err
	}
	return answerJSON(struct {
		openAIList
		Token *string `json:"pagination_token"`
	}{page.openAI(), page.token()}), nil
}

func (s *Service) showFile(c *Call) (*Answer, error) {
	f, ok := s.files.get(c.ID)
	if !ok {
		return nil, notFound("file", c.ID)
	}
	return answerJSON(f), nil
}

func (s *Service) readFile(c *Call) (*Answer, error) {
	f, ok := s.files.get(c.ID)
	if !ok {
		return nil, notFound("file", c.ID)
	}
	return &Answer{"application/octet-stream", f.content.size, f.content.reader(0, f.content.size)}, nil
}

// deleteFile forgets a file. A batch that has begun keeps its content.
func (s *Service) deleteFile(c *Call) (*Answer, error) {
	f, ok := s.files.remove(c.ID)
	if !ok {
		return nil, notFound("file", c.ID)
	}
	s.space.release(f.Bytes + entrySize)
	return answerJSON(struct {
		ID      string `json:"id"`
		Object  string `json:"object"`
		Deleted bool   `json:"deleted"`
	}{f.ID, "file", true}), nil
}
