package batchapi

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strconv"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
	"github.com/chatcmpl/chatcmpl/internal/reply"
)

// pageSize is the number of items that is asked for at a time.
const pageSize = 100

// mostPages bounds the pages of the list of batches.
const mostPages = 1000

// list describes a list that comes in pages.
type list struct {
	// path is that of the list, name the key of its items, and cursor that of the query for a page.
	path, name, cursor string
	// size is the number of items that is asked for at a time, most bounds the pages.
	size, most int
	// next returns the cursor of the page after one; empty if that was the last.
	next func(rest, last rawjson.Object) (cursor string, err error)
}

// find reads the list of batches until it finds that of a file. The caller creates a batch that is not found, and pays for it,
// so a list that leaves out the file of a batch is an error.
func (b *base) find(ctx context.Context, l *list, fileID string, known func(id string) bool) (id string, err error) {
	next, isUnsure := l.next, false
	l.size, l.most = pageSize, mostPages
	l.next = func(rest, last rawjson.Object) (string, error) {
		if id != "" {
			return "", nil
		}
		return next(rest, last)
	}
	err = b.pages(ctx, l, func(raw json.RawMessage) error {
		obj := rawjson.Known(raw)
		found, file := idOf(obj, "batch_id", "id"), idOf(obj, "input_file_id")
		switch {
		case id != "" || known(found):
		case file == "":
			isUnsure = true
		case file == fileID && found == "":
			return errNoID
		case file == fileID:
			id = found
		}
		return nil
	})
	if err == nil && id == "" && isUnsure {
		err = errNoFileID
	}
	return id, err
}

// pages reads a list page by page and calls each for its items.
func (b *base) pages(ctx context.Context, l *list, each func(raw json.RawMessage) error) error {
	query := url.Values{"limit": {strconv.Itoa(l.size)}}
	seen := map[string]bool{}
	for range l.most {
		var cursor string
		err := b.do(ctx, func(ctx context.Context) (err error) {
			cursor, err = b.page(ctx, get(l.path, query), l, each)
			return err
		})
		switch {
		case err != nil || cursor == "":
			return err
		case seen[cursor]:
			return reply.NewError(failure.Malformed, errCycle, "%v", errCycle)
		}
		seen[cursor] = true
		query.Set(l.cursor, cursor)
	}
	return reply.NewError(failure.Malformed, errNoEnd, "%v", errNoEnd)
}

// page reads a page of a list, and calls each for its items as they arrive. It returns the cursor of the next page.
func (b *base) page(ctx context.Context, call *api.Call, l *list, each func(json.RawMessage) error) (cursor string, err error) {
	err = b.api.Exchange(ctx, call, func(resp *http.Response, body io.Reader) error {
		in := bufio.NewReader(body)
		if firstByte(in) != '{' {
			return b.noResults(resp, in)
		}
		rest, last, err := b.items(resp, in, l.name, each)
		if err != nil {
			return err
		}
		if cursor, err = l.next(rest, rawjson.Known(last)); err != nil {
			return malformed(resp, err)
		}
		return nil
	})
	return cursor, err
}

// items calls each for the items of a list, and returns the last one and the other members of the object that holds the list.
func (b *base) items(
	resp *http.Response, body io.Reader, list string, each func(json.RawMessage) error,
) (rest rawjson.Object, last json.RawMessage, err error) {
	hasList := false
	for m, err := range members(json.NewDecoder(body), list) {
		switch {
		case err != nil:
			return nil, nil, readError(resp, err)
		case m.Key != list:
			rest = append(rest, m)
		case m.Value == nil:
			hasList = true
		default:
			last = b.api.Redactor.JSON(m.Value)
			if err := each(last); err != nil {
				return nil, nil, err
			}
		}
	}
	if err := reply.Inside(resp, rawjson.Known(b.api.Redactor.JSON(rest.JSON()))); err != nil {
		return nil, nil, err
	}
	if !hasList {
		return nil, nil, malformed(resp, errNoList)
	}
	return rest, last, nil
}

// noResults returns the error of a body that does not begin as results do: a page, or an error on several lines.
func (b *base) noResults(resp *http.Response, body io.Reader) error {
	if _, err := (&reply.Reader{Redactor: b.api.Redactor}).Object(resp, body); err != nil {
		return err
	}
	return malformed(resp, errNoList)
}

// firstByte skips white space and returns the byte that follows, which stays to be read; 0 if there is none.
func firstByte(in *bufio.Reader) byte {
	for {
		next, err := in.Peek(1)
		if err != nil {
			return 0
		}
		if !bytes.ContainsAny(next, " \t\r\n") {
			return next[0]
		}
		// What was peeked at can be discarded.
		_, _ = in.Discard(1)
	}
}

// readError returns the error of a body that can't be read or is no JSON.
func readError(resp *http.Response, err error) error {
	if _, ok := errors.AsType[*json.SyntaxError](err); ok || errors.Is(err, rawjson.ErrNotObject) {
		return malformed(resp, err)
	}
	return reply.CutShort(resp, err)
}

// members yields the members of an object. Of the list that it holds it yields the key without a value, and then the elements one
// by one under the same key. A null is no list.
func members(d *json.Decoder, list string) iter.Seq2[rawjson.Member, error] {
	return func(yield func(rawjson.Member, error) bool) {
		if err := open(d, '{'); err != nil {
			yield(rawjson.Member{}, err)
			return
		}
		for d.More() {
			token, err := d.Token()
			key, _ := token.(string)
			if err != nil || !value(d, key, key == list, yield) {
				if err != nil {
					yield(rawjson.Member{}, err)
				}
				return
			}
		}
		if _, err := d.Token(); err != nil {
			yield(rawjson.Member{}, err)
		}
	}
}

// value yields the next value, or the elements of the list that it is. It returns false after the last one to be yielded.
func value(d *json.Decoder, key string, isList bool, yield func(rawjson.Member, error) bool) bool {
	if isList {
		err := open(d, '[')
		if errors.Is(err, errNull) {
			return true
		}
		if err == nil && !yield(rawjson.Member{Key: key}, nil) {
			return false
		}
		for err == nil && d.More() {
			var raw json.RawMessage
			if err = d.Decode(&raw); err == nil && !yield(rawjson.Member{Key: key, Value: raw}, nil) {
				return false
			}
		}
		if err == nil {
			_, err = d.Token()
		}
		if err != nil {
			yield(rawjson.Member{}, err)
			return false
		}
		return true
	}
	var raw json.RawMessage
	if err := d.Decode(&raw); err != nil {
		yield(rawjson.Member{}, err)
		return false
	}
	return yield(rawjson.Member{Key: key, Value: raw}, nil)
}

// errNull reports a null in place of a list.
var errNull = errors.New("it is null")

// open reads the token that opens an object or a list.
func open(d *json.Decoder, opening json.Delim) error {
	token, err := d.Token()
	switch {
	case err != nil:
		return err
	case token == nil:
		return errNull
	case token != opening:
		return rawjson.ErrNotObject
	}
	return nil
}
