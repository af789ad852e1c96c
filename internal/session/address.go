// Package session lets the processes of one command share a file of exchanges: one process, which runs the command, keeps
// the file and knows whose turn it is, and the others ask it.
//
// The processes talk over a loopback port with a secret path, in lines of JSON: a list of calls, then a list of answers.
package session

import (
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/cassette"
)

// Variable is the environment variable by which a process finds its session.
const Variable = "CHATCMPL_SESSION"

// Address says where a session is.
type Address struct {
	// Mode is cassette.Record or cassette.Replay.
	Mode cassette.Mode
	// Strict refuses to give an answer twice, so each must be asked for.
	Strict bool
	// URL is the root of the session's paths.
	URL string
	// File is the absolute name of the file of exchanges.
	File string
}

// strict is the word for a strict replay.
const strict = "strict"

// String returns the address as the value of Variable.
func (a Address) String() string {
	word := a.Mode.String()
	if a.Strict {
		word = strict
	}
	return word + " " + a.URL + " " + a.File
}

// ParseAddress reads what String writes.
func ParseAddress(text string) (a Address, ok bool) {
	parts := strings.SplitN(text, " ", 3)
	if len(parts) != 3 {
		return a, false
	}
	a = Address{URL: parts[1], File: parts[2]}
	if parts[0] == strict {
		a.Mode, a.Strict = cassette.Replay, true
		return a, true
	}
	for _, a.Mode = range []cassette.Mode{cassette.Record, cassette.Replay} {
		if a.Mode.String() == parts[0] {
			return a, true
		}
	}
	return a, false
}
