package option

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/chatcmpl/chatcmpl/internal/rawjson"
)

// Type is the type of a value.
type Type int

// The types of values.
const (
	Text       Type = iota // any text
	Name                   // text that is not empty
	Word                   // one of Words
	Words                  // some of Words, joined by commas
	Switch                 // true or false
	Integer                // a whole number in Range
	Number                 // a decimal number in Range
	Duration               // as Go writes it, or a number of seconds; 0 or more
	Money                  // US dollars, over 0
	Shard                  // K/N, with K from 1 to N
	Share                  // N%, or a number from 0 to 1
	Character              // one character, or \t
	URL                    // text; checked by package connect
	File                   // the name of a file
	Kept                   // the name of a file that can't be standard input
	Header                 // 'Name: value', or @FILE with one a line
	Format                 // a word, JSON, or @FILE with JSON
	Filter                 // a jq filter; empty is the identity, as it is for jq
	ToolChoice             // none, auto, required, a function's name, or JSON
	Assignment             // a field of the request: k=v, k:=JSON, k=@FILE
)

// Range limits numbers. The zero Range has no limits.
type Range struct {
	Min, Max float64
	// Open excludes Min itself.
	Open bool
	// Text follows "must be a number" in messages, such as " from 0 to 2".
	Text string
}

// atLeast returns the range of numbers from least.
func atLeast(least float64) Range {
	return Range{Min: least, Max: math.Inf(1), Text: fmt.Sprintf(" from %g", least)}
}

// counted returns the range of a count.
func counted() Range {
	r := atLeast(0)
	r.Text = ", 0 or more"
	return r
}

// between returns the range between two numbers, both included.
func between(least, most float64) Range {
	return Range{Min: least, Max: most, Text: fmt.Sprintf(" from %.0f to %.0f", least, most)}
}

// over returns the range of numbers over least and up to most, which may be infinite.
func over(least, most float64) Range {
	text := fmt.Sprintf(" over %g", least)
	if !math.IsInf(most, 1) {
		text += fmt.Sprintf(" and up to %g", most)
	}
	return Range{Min: least, Max: most, Open: true, Text: text}
}

func (r Range) has(n float64) bool {
	return r == Range{} || n >= r.Min && n <= r.Max && !(r.Open && n == r.Min)
}

// Trim returns a value without white space at its ends, unless the option keeps it.
func (o *Option) Trim(text string) string {
	if o.Exact {
		return text
	}
	return TrimSpace(text)
}

// TrimSpace removes white space and byte order marks, which come from Windows files, from the ends of a text.
func TrimSpace(text string) string {
	return strings.TrimFunc(text, func(c rune) bool { return unicode.IsSpace(c) || c == '\ufeff' })
}

// Parse parses a value of the option and returns it as JSON: a number with the user's own digits, true or false for a
// switch, an object if the text represents one, otherwise a string. already is the number of values that the option
// has. The error says what the value must be.
func (o *Option) Parse(text string, already int) (json.RawMessage, error) {
	if o.Most > 0 && already >= o.Most {
		return nil, fmt.Errorf("the API takes at most %d", o.Most)
	}
	switch o.Type {
	case Switch:
		on, err := strconv.ParseBool(text)
		if err != nil {
			return nil, errors.New("must be true or false")
		}
		return strconv.AppendBool(nil, on), nil
	case Integer:
		return o.integer(text)
	case Number:
		return o.number(text)
	case ToolChoice:
		return toolChoice(text)
	}
	if err := o.check(text); err != nil {
		return nil, err
	}
	if o.Field != "" && !utf8.ValidString(text) {
		return nil, errNotUTF8
	}
	return rawjson.Quote(text), nil
}

var (
	errNotUTF8 = errors.New("must be UTF-8 text")
	errNoFile  = errors.New("must name a file")
	errDash    = errors.New("must name a file; standard input is /dev/stdin")
)

// check checks a value whose JSON is a string.
func (o *Option) check(text string) (err error) {
	switch o.Type {
	case Name:
		if text == "" {
			return errors.New("must not be empty")
		}
	case Word:
		if !slices.Contains(o.Words, text) {
			return fmt.Errorf("must be one of %s", strings.Join(o.Words, ", "))
		}
	case Words:
		for word := range strings.SplitSeq(text, ",") {
			if !slices.Contains(o.Words, word) {
				return fmt.Errorf("must be one or more of %s", strings.Join(o.Words, ", "))
			}
		}
	case Kept:
		if text == "" || text == "-" {
			return errNoFile
		}
	case File, Header, Format:
		if _, name, _ := o.File(text); name == "-" && !o.Stdin {
			return errDash
		}
	case Duration:
		_, err = ParseDuration(text)
	case Money:
		_, err = ParseMoney(text)
	case Shard:
		_, _, err = ParseShard(text)
	case Share:
		_, err = ParseShare(text)
	case Character:
		_, err = ParseCharacter(text)
	case Assignment:
		err = checkField(text)
	}
	return err
}

// checkField checks a field of the request.
func checkField(text string) error {
	if strings.Contains(text, columnMark) {
		// Only a batch knows whether the input has columns.
		_, _, err := splitField(text)
		return err
	}
	field, err := ParseField(text)
	if err == nil && field.File == "-" {
		return errDash
	}
	return err
}

func (o *Option) integer(text string) (json.RawMessage, error) {
	n, err := strconv.ParseInt(text, 10, 64)
	if err != nil || !o.Range.has(float64(n)) {
		return nil, errors.New("must be a whole number" + o.Range.Text)
	}
	return strconv.AppendInt(nil, n, 10), nil
}

// number parses a number. If its spelling is valid JSON, number keeps it.
func (o *Option) number(text string) (json.RawMessage, error) {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil || math.IsNaN(f) || math.IsInf(f, 0) || !o.Range.has(f) {
		return nil, errors.New("must be a number" + o.Range.Text)
	}
	if json.Valid([]byte(text)) {
		return json.RawMessage(text), nil
	}
	return json.RawMessage(strconv.FormatFloat(f, 'g', -1, 64)), nil
}

func toolChoice(text string) (json.RawMessage, error) {
	switch {
	case text == "none" || text == "auto" || text == "required":
		return rawjson.Quote(text), nil
	case json.Valid([]byte(text)):
		return json.RawMessage(text), nil
	case strings.HasPrefix(text, "{"):
		return nil, errors.New("must be valid JSON")
	case !utf8.ValidString(text):
		return nil, errNotUTF8
	}
	function := rawjson.Object{{Key: "name", Value: rawjson.Quote(text)}}
	return rawjson.Object{{Key: "type", Value: rawjson.Quote("function")}, {Key: "function", Value: function.JSON()}}.JSON(), nil
}

// ParseDuration reads a duration of 0 or more: in Go's notation, or a bare number of seconds as curl takes it.
func ParseDuration(text string) (time.Duration, error) {
	d, err := time.ParseDuration(text)
	if n, bad := strconv.ParseFloat(text, 64); bad == nil {
		d, err = time.Duration(n*float64(time.Second)), nil
	}
	if err != nil || d < 0 {
		return 0, errors.New("must be a duration, such as 90s or 1h")
	}
	return d, nil
}

// ticksPerUSD is the number of ticks, the API's unit of cost, in a US dollar.
const ticksPerUSD = 10_000_000_000

// ParseMoney reads a sum of US dollars over 0 and returns it, exactly, in units of 10^-10 USD.
func ParseMoney(text string) (ticks int64, err error) {
	sum, ok := new(big.Rat).SetString(strings.TrimPrefix(text, "$"))
	if !ok || sum.Sign() <= 0 {
		return 0, errors.New("must be a number of dollars over 0")
	}
	sum.Mul(sum, big.NewRat(ticksPerUSD, 1))
	if !sum.IsInt() || !sum.Num().IsInt64() {
		return 0, errors.New("must have no more than 10 decimals")
	}
	return sum.Num().Int64(), nil
}

// ParseShard reads K/N, with K from 1 to N.
func ParseShard(text string) (k, n int64, err error) {
	var tail string
	if got, _ := fmt.Sscanf(text, "%d/%d%s", &k, &n, &tail); got != 2 || k < 1 || k > n {
		return 0, 0, errors.New("must be K/N, with K from 1 to N")
	}
	return k, n, nil
}

// ParseShare reads a share of all: N%, or a number from 0 to 1.
func ParseShare(text string) (*big.Rat, error) {
	number, isPercent := strings.CutSuffix(text, "%")
	share, ok := new(big.Rat).SetString(number)
	// A Rat reads 1/2, 0x1, 1_0 and 1e9, too.
	ok = ok && strings.Trim(number, "0123456789.") == ""
	if isPercent && ok {
		share.Quo(share, big.NewRat(100, 1))
	}
	if !ok || share.Sign() < 0 || share.Cmp(big.NewRat(1, 1)) > 0 {
		return nil, errors.New("must be a percentage such as 95%, or a number from 0 to 1")
	}
	return share, nil
}

// ParseCharacter reads the character between cells, where \t is a tab. It may not be one that ends a line or quotes a cell.
func ParseCharacter(text string) (rune, error) {
	if text == `\t` {
		return '\t', nil
	}
	c, size := utf8.DecodeRuneInString(text)
	if size == 0 || size < len(text) || c == utf8.RuneError || strings.ContainsRune("\"\r\n\x00", c) {
		return 0, errors.New("must be one character, and no quote or line break")
	}
	return c, nil
}

// File returns the file name in a value and the text before it; ok is false if the value contains no file name.
func (o *Option) File(value string) (prefix, name string, ok bool) {
	switch o.Type {
	case File, Kept:
		return "", value, true
	case Header, Format:
		name, ok = strings.CutPrefix(value, "@")
		return "@", name, ok
	}
	return "", "", false
}
