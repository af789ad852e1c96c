package batchapi

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/http"
	"net/url"
	"strconv"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/rawjson"
	"github.com/chatcmpl/chatcmpl/internal/reply"
)

// pageSize is the number of items that is asked for at a time.
const pageSize = 100

// next returns the cursor of the page after one; empty if that was the last.
type next func(rest rawjson.Object, last rawjson.Object) (cursor string)

// pages reads a list page by page and calls each for its items.
func (b *base) pages(ctx context.Context, path, list, cursorName string, size int, after next, each func(raw json.RawMessage) error) error {
	query := url.Values{"limit": {strconv.Itoa(size)}}
	for {
		var rest rawjson.Object
		var last json.RawMessage
		err := b.do(ctx, func(ctx context.Context) (err error) {
			rest, err = b.page(ctx, get(path, query), list, func(raw json.RawMessage) error {
				last = raw
				return each(raw)
			})
			return err
		})
		cursor := ""
		if err == nil {
			cursor = after(rest, rawjson.Known(last))
		}
		if err != nil || cursor == "" || last == nil || cursor == query.Get(cursorName) {
			return err
		}
		query.Set(cursorName, cursor)
	}
}

// page reads an object that holds a list, and calls each for its items as they arrive. It returns the other members.
func (b *base) page(ctx context.Context, call *api.Call, list string, each func(json.RawMessage) error) (rest rawjson.Object, err error) {
	err = b.api.Exchange(ctx, call, func(resp *http.Response, body io.Reader) error {
		rest = nil
		for m, err := range members(json.NewDecoder(body), list) {
			switch {
			case err != nil:
				return readError(resp, err)
			case m.Key != list:
				rest = append(rest, m)
			default:
				if err := each(b.api.Redactor.JSON(m.Value)); err != nil {
					return err
				}
			}
		}
		return nil
	})
	return rest, err
}

// readError returns the error of a body that can't be read or is no JSON.
func readError(resp *http.Response, err error) error {
	if _, ok := errors.AsType[*json.SyntaxError](err); ok || errors.Is(err, rawjson.ErrNotObject) {
		return reply.Malformed(resp, err, []byte("{}"))
	}
	return reply.CutShort(resp, err)
}

// members yields the members of an object, and those of the list that it holds, one by one under the same key.
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
		for err == nil && d.More() {
			var raw json.RawMessage
			if err = d.Decode(&raw); err == nil && !yield(rawjson.Member{Key: key, Value: raw}, nil) {
				return false
			}
		}
		if err == nil {
			_, err = d.Token()
		}
		switch {
		case errors.Is(err, errNull):
		case err != nil:
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

// text returns the text of a JSON string; empty for any other value.
func text(raw json.RawMessage) string {
	s, _ := rawjson.String(raw)
	return s
}

// count returns a whole number of 0 or more; 0 for any other value.
func count(raw json.RawMessage) int64 {
	n, err := strconv.ParseInt(string(raw), 10, 64)
	if err != nil {
		n, _ = strconv.ParseInt(text(raw), 10, 64)
	}
	return max(0, n)
}
