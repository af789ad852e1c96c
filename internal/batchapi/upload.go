package batchapi

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"mime/multipart"
	"net/http"
	"net/textproto"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/api"
)

// Upload implements Client. Both dialects take the same form; xAI ignores the purpose.
func (b *base) Upload(ctx context.Context, f *File) (id string, err error) {
	head, tail, contentType := form(f.Name)
	call := &api.Call{
		Method: http.MethodPost, Path: "files", ContentType: contentType, Length: int64(len(head)+len(tail)) + f.Size,
		Body: func() io.ReadCloser {
			file := f.Open()
			return &joined{io.MultiReader(bytes.NewReader(head), file, bytes.NewReader(tail)), file}
		},
	}
	err = b.do(ctx, func(ctx context.Context) (err error) {
		id, err = b.id(ctx, call, "id", "file_id")
		return err
	})
	return id, err
}

// joined is a form that closes its file.
type joined struct {
	io.Reader
	io.Closer
}

// form returns what stands before and after the file in a form, so that its length is known before the file is read.
func form(name string) (head, tail []byte, contentType string) {
	var buf bytes.Buffer
	w := multipart.NewWriter(&buf)
	// Writing to a buffer never fails. Fields before the file are read by servers that stream it.
	_ = w.WriteField("purpose", "batch")
	quote := strings.NewReplacer("\\", "\\\\", `"`, "\\\"", "\r", "", "\n", "")
	_, _ = w.CreatePart(textproto.MIMEHeader{
		"Content-Disposition": {fmt.Sprintf(`form-data; name="file"; filename="%s"`, quote.Replace(name))},
		"Content-Type":        {"application/jsonl"},
	})
	size := buf.Len()
	_ = w.Close()
	return buf.Bytes()[:size:size], buf.Bytes()[size:], w.FormDataContentType()
}
