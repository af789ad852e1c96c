package faults

import (
	"fmt"
	"testing"
)

// No number of sessions fills the memory.
func TestSessionsAreBounded(t *testing.T) {
	t.Parallel()
	var s Sessions
	for i := range maxSessions + 10 {
		if _, err := s.Get(fmt.Sprintf("seed=%d", i)); err != nil {
			t.Fatal(err)
		}
	}
	if len(s.known) > maxSessions {
		t.Error(len(s.known))
	}
}
