package results_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/chatcmpl/chatcmpl/internal/results"
)

// TestLineWithZerosIsNoResult checks that Scan refuses a line in which a crash of the machine left zeros, although it
// begins and ends like a success.
func TestLineWithZerosIsNoResult(t *testing.T) {
	t.Parallel()
	good := line("a", nil)
	damaged := strings.Replace(good, `"choices"`, strings.Repeat("\x00", len(`"choices"`)), 1)
	resume, err := results.Scan(strings.NewReader(good+damaged), results.Retryable)
	foreign := new(results.NotResultError)
	if !errors.As(err, &foreign) || foreign.Line != 2 {
		t.Errorf("%+v, %v", resume, err)
	}
}
