// Package failure defines the kinds of failure, their exit codes, and the report of an error to a person or a script.
// No other package knows exit codes.
package failure

import "slices"

// Kind groups failures by what a user can do about them. It is the "kind" of an error in JSON.
type Kind string

// The kinds of failure.
const (
	Internal     Kind = "internal"     // a fault of this program
	Output       Kind = "output"       // output could not be written
	Usage        Kind = "usage"        // flags, files or settings that can't be used; nothing was sent
	Record       Kind = "record"       // an invalid line of a batch; nothing was sent for it
	Auth         Kind = "auth"         // a key is missing or refused, or lacks permission
	Credits      Kind = "credits"      // the account's credits are spent
	Refused      Kind = "refused"      // the API refused this request and always will
	Unrecorded   Kind = "unrecorded"   // a replay has no answer to the request
	RateLimit    Kind = "rate_limit"   // too many requests for now
	Server       Kind = "server"       // the server failed
	Network      Kind = "network"      // no reply: DNS, connect, TLS, reset before the headers
	Timeout      Kind = "timeout"      // the reply did not start, or not continue, in time
	Cut          Kind = "cut"          // the reply ended before it was complete
	Malformed    Kind = "malformed"    // the reply violates the API's format
	Redirect     Kind = "redirect"     // the server redirects to another address, to which a key must not be sent
	NotAPI       Kind = "not_api"      // a web page, or another sign that the URL is not that of the API
	Incomplete   Kind = "incomplete"   // a a batch ended with records that failed or were not done
	Unacceptable Kind = "unacceptable" // the caller does not accept the reply
	Filter       Kind = "jq"           // a jq filter failed on a reply
)

// Success is the exit code of a successful command.
const Success = 0

// Code is a row of the table of exit codes.
type Code struct {
	// Number is the exit code; negative for a process that a signal ended.
	Number int
	// Meaning describes the code in one line.
	Meaning string
	// Retry describes whether retrying can help; empty if that does not apply.
	Retry string
	kinds []Kind
}

// Codes returns the table of exit codes. Scripts rely on the numbers, so they must not change.
func Codes() []Code {
	return []Code{
		{Success, "a complete reply is on stdout", "", nil},
		{1, "internal error, or the output could not be written", "", []Kind{Internal, Output}},
		{2, "usage: flags, files, config, or a key that plain http would expose; nothing was sent", "no", []Kind{Usage, Record}},
		{3, "the key is missing or refused, no permission, no credits", "no", []Kind{Auth, Credits}},
		{4, "the API refused the request, the URL answers but not as an API, or a replay lacks the request", "no", []Kind{Refused, Redirect, NotAPI, Unrecorded}},
		{5, "rate limited, after retries", "yes", []Kind{RateLimit}},
		{6, "the server failed, after retries", "yes", []Kind{Server}},
		{7, "network: DNS, connect, TLS, reset before the headers, timeout", "yes", []Kind{Network, Timeout}},
		{8, "the reply was cut or is not what the API promises", "yes", []Kind{Cut, Malformed}},
		{9, "batch ended with records failed or not done", "by --resume", []Kind{Incomplete}},
		{10, "a reply came but is not acceptable: cut by a limit, filtered, refused, without text, not as the schema or --expect demands", "no", []Kind{Unacceptable}},
		{11, "the jq filter failed on the reply", "no", []Kind{Filter}},
		{-1, "ended by that signal: a shell shows 130 (^C), 143 (TERM), 141 (closed pipe)", "", nil},
	}
}

// ExitCode returns the exit code of a failure of this kind; that of Internal for an unknown kind.
func (k Kind) ExitCode() int {
	for _, code := range Codes() {
		if slices.Contains(code.kinds, k) {
			return code.Number
		}
	}
	return Internal.ExitCode()
}
