package batchapi

import (
	"encoding/json"
	"strconv"
	"time"
)

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
