package batches

import (
	"net/url"
	"strconv"
)

// paging holds which part of a list a request asks for.
type paging struct {
	limit       int
	after       string // the id before the page; empty for the first page
	oldestFirst bool
}

// readPaging reads the parameters of both dialects. A limit over the largest one counts as that.
func readPaging(query url.Values, limit, largest int) (*paging, error) {
	p := &paging{limit: limit, after: query.Get("after"), oldestFirst: query.Get("order") == "asc"}
	if token := query.Get("pagination_token"); token != "" {
		p.after = token
	}
	if order := query.Get("order"); order != "" && order != "asc" && order != "desc" {
		return nil, invalid("order must be asc or desc.")
	}
	if text := query.Get("limit"); text != "" {
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil || n < 1 {
			return nil, invalid("limit must be a whole number, at least 1.")
		}
		p.limit = min(int(n), largest)
	}
	return p, nil
}

// listPage is a page of a list, as values that have a JSON form.
type listPage struct {
	ids  []string
	data []any
	more bool
}

// pageOf returns the page of a shelf that a request asks for.
func pageOf[T any](s *shelf[T], p *paging, want func(T) bool, view func(T) (id string, shown any)) (*listPage, error) {
	items, more, ok := s.page(p, want)
	if !ok {
		return nil, invalid("%s is not in this list.", clip(p.after))
	}
	page := &listPage{data: []any{}, more: more}
	for _, item := range items {
		id, shown := view(item)
		page.ids = append(page.ids, id)
		page.data = append(page.data, shown)
	}
	return page, nil
}

// openAIList is a page in OpenAI's dialect.
type openAIList struct {
	Object  string  `json:"object"`
	Data    []any   `json:"data"`
	FirstID *string `json:"first_id"`
	LastID  *string `json:"last_id"`
	HasMore bool    `json:"has_more"`
}

func (l *listPage) openAI() openAIList {
	list := openAIList{Object: "list", Data: l.data, HasMore: l.more}
	if n := len(l.ids); n > 0 {
		list.FirstID, list.LastID = &l.ids[0], &l.ids[n-1]
	}
	return list
}

// token returns xAI's pagination_token of the next page; nil if this is the last one.
func (l *listPage) token() *string {
	if !l.more {
		return nil
	}
	return &l.ids[len(l.ids)-1]
}
