package faults

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Span is a range of times, both ends included.
type Span struct{ Least, Most time.Duration }

func asIs(into *string) func(string) error {
	return func(text string) error {
		*into = text
		return nil
	}
}

func asWord(into *string, words ...string) func(string) error {
	return func(text string) error {
		if !slices.Contains(words, text) {
			return fmt.Errorf("must be %s", strings.Join(words, " or "))
		}
		*into = text
		return nil
	}
}

func asSwitch(into *bool) func(string) error {
	return func(text string) error {
		on, err := isOn(text)
		*into = on
		return err
	}
}

// isOn reads the value of a switch. Its name alone turns it on.
func isOn(text string) (bool, error) {
	if text == "" {
		return true, nil
	}
	on, err := strconv.ParseBool(text)
	if err != nil {
		return false, errors.New("must be true or false")
	}
	return on, nil
}

// asSwitchTo reads a value that has only one word.
func asSwitchTo(word string, into *bool) func(string) error {
	return func(text string) error {
		if *into = text == word; !*into {
			return errors.New("must be " + word)
		}
		return nil
	}
}

func asCount(into *int, least int) func(string) error {
	return func(text string) error {
		n, err := strconv.ParseInt(text, 10, 32)
		if err != nil || int(n) < least {
			return fmt.Errorf("must be a whole number, at least %d", least)
		}
		*into = int(n)
		return nil
	}
}

func asSeed(into *uint64) func(string) error {
	return func(text string) (err error) {
		if *into, err = strconv.ParseUint(text, 10, 64); err != nil {
			return errors.New("must be a whole number, at least 0")
		}
		return nil
	}
}

func asTime(into *time.Duration) func(string) error {
	return func(text string) error {
		wait, err := time.ParseDuration(text)
		if err != nil || wait <= 0 {
			return errors.New("must be a time such as 50ms")
		}
		*into = wait
		return nil
	}
}

func asWait(into *time.Duration) func(string) error {
	return func(text string) error {
		wait, err := time.ParseDuration(text)
		if err != nil || wait < 0 {
			return errors.New("must be a time such as 50ms, or 0")
		}
		*into = wait
		return nil
	}
}

func asSpan(into *Span) func(string) error {
	return func(text string) (err error) {
		from, to, isRange := strings.Cut(text, "-")
		least, err := time.ParseDuration(from)
		most := least
		if err == nil && isRange {
			most, err = time.ParseDuration(to)
		}
		if err != nil || least < 0 || most < least {
			return errors.New("must be a time such as 50ms, or two such as 50ms-200ms")
		}
		*into = Span{least, most}
		return nil
	}
}
