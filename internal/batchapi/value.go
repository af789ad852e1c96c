package batchapi

import (
	"encoding/json"
	"strconv"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// text returns the text of a JSON string; empty for any other value.
func text(raw json.RawMessage) string {
	s, _ := rawjson.String(raw)
	return s
}

// idOf returns the id that an object has under one of these names, a string or a whole number; empty if it has none.
func idOf(obj rawjson.Object, names ...string) string {
	for _, name := range names {
		raw := obj.Get(name)
		if id := text(raw); id != "" {
			return id
		}
		if _, err := strconv.ParseUint(string(raw), 10, 64); err == nil {
			return string(raw)
		}
	}
	return ""
}

// count returns a whole number of 0 or more; 0 for any other value.
func count(raw json.RawMessage) int64 {
	n, err := strconv.ParseInt(string(raw), 10, 64)
	if err != nil {
		n, _ = strconv.ParseInt(text(raw), 10, 64)
	}
	return max(0, n)
}

func isObject(raw json.RawMessage) bool { return len(raw) > 0 && raw[0] == '{' }

// timeOf reads a time: in seconds since 1970, as RFC 3339 writes it, or a bare date, which stands for the end of its day, UTC. It is
// zero for any other value, and for a time at or before 1970, which stands for none.
func timeOf(raw json.RawMessage) time.Time {
	at := parseTime(raw)
	switch {
	case !at.After(time.Unix(0, 0)):
		return time.Time{}
	case isDate(raw):
		return at.Add(24 * time.Hour)
	}
	return at
}

func parseTime(raw json.RawMessage) time.Time {
	if seconds, err := strconv.ParseFloat(string(raw), 64); err == nil && seconds > 0 && seconds < 1<<40 {
		return time.Unix(int64(seconds), 0)
	}
	given := text(raw)
	if seconds, err := strconv.ParseInt(given, 10, 40); err == nil && seconds > 0 {
		return time.Unix(seconds, 0)
	}
	for _, layout := range []string{time.RFC3339Nano, "2006-01-02T15:04:05.999999999", time.DateTime, time.DateOnly} {
		if at, err := time.Parse(layout, given); err == nil {
			return at
		}
	}
	return time.Time{}
}

// isDate reports whether a value is a bare date.
func isDate(raw json.RawMessage) bool {
	_, err := time.Parse(time.DateOnly, text(raw))
	return err == nil
}
