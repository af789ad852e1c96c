package format

import (
	"strings"
	"time"
)

func isDate(s string) bool {
	_, err := time.Parse(time.DateOnly, s)
	return err == nil
}

func isDateTime(s string) bool {
	const date = len(time.DateOnly)
	return len(s) > date && isDate(s[:date]) && s[date]|0x20 == 't' && isTime(s[date+1:])
}

// isTime takes a leap second only where the last minute of a day ends in UTC.
func isTime(s string) bool {
	if len(s) < len("00:00:00Z") || s[2] != ':' || s[5] != ':' {
		return false
	}
	hour, minute, second := pair(s, 23), pair(s[3:], 59), pair(s[6:], 60)
	offset, ok := zone(trimFraction(s[8:]))
	const day, last = 24 * 60, 23*60 + 59
	return ok && hour >= 0 && minute >= 0 && second >= 0 &&
		(second < 60 || (hour*60+minute-offset+day)%day == last)
}

// pair reads two digits, and returns -1 for anything else and for numbers over a limit.
func pair(s string, limit int) int {
	if len(s) < 2 || !isDigit(s[0]) || !isDigit(s[1]) {
		return -1
	}
	if n := int(s[0]-'0')*10 + int(s[1]-'0'); n <= limit {
		return n
	}
	return -1
}

func trimFraction(s string) string {
	if rest := strings.TrimLeft(s[1:], digits); s[0] == '.' && len(rest) < len(s)-1 {
		return rest
	}
	return s
}

// zone reads a time zone as minutes ahead of UTC.
func zone(s string) (minutes int, ok bool) {
	if s == "Z" || s == "z" {
		return 0, true
	}
	if len(s) != len("+00:00") || s[3] != ':' {
		return 0, false
	}
	hour, minute := pair(s[1:], 23), pair(s[4:], 59)
	sign := map[byte]int{'+': 1, '-': -1}[s[0]]
	return sign * (hour*60 + minute), sign != 0 && hour >= 0 && minute >= 0
}

// isDuration takes units that follow each other: years and days need months between them.
func isDuration(s string) bool {
	s, ok := strings.CutPrefix(s, "P")
	date, clock, timed := strings.Cut(s, "T")
	days, daysOK := units(date)
	hours, hoursOK := units(clock)
	switch {
	case !ok || !daysOK || !hoursOK:
		return false
	case timed:
		return hours != "" && strings.Contains("HMS", hours) && strings.Contains("YMD", days)
	}
	return days == "W" || days != "" && strings.Contains("YMD", days)
}

// units returns the letters of 1Y2M; ok is false where one lacks its number.
func units(s string) (letters string, ok bool) {
	for s != "" {
		rest := strings.TrimLeft(s, digits)
		if rest == "" || len(rest) == len(s) {
			return "", false
		}
		letters += rest[:1]
		s = rest[1:]
	}
	return letters, true
}
