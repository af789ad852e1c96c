package session

import (
	"context"
	"errors"

	"github.com/chatcmpl/chatcmpl/internal/cassette"
)

// Client is a session as its processes see it. It implements cassette.Answers and cassette.Store, and is safe for
// concurrent use.
type Client struct {
	turns caller[cassette.Ask, cassette.Turn]
	steps caller[step, string]
	took  reporter
}

// NewClient returns a client, which connects when it is first used.
func NewClient(a Address) *Client {
	c := &Client{}
	c.turns.url, c.steps.url, c.took.url = a.URL+turnsPath, a.URL+stepsPath, a.URL+tookPath
	return c
}

// Next implements cassette.Answers.
func (c *Client) Next(_ context.Context, a cassette.Ask) (cassette.Turn, error) {
	return c.turns.call(a)
}

// Took reports to the session an answer that was taken without asking: soon, and not later than Flush.
func (c *Client) Took(offset int64) { c.took.report(offset) }

// Flush reports all answers that were taken and are not reported yet.
func (c *Client) Flush() { c.took.flush() }

// Begin implements cassette.Store.
func (c *Client) Begin() (cassette.Entry, error) {
	if err := c.take(step{Do: begin}); err != nil {
		return nil, err
	}
	return &entry{client: c}, nil
}

// take takes a step.
func (c *Client) take(s step) error {
	problem, err := c.steps.call(s)
	if err == nil && problem != "" {
		err = errors.New(problem)
	}
	return err
}

// step is a step of an exchange that is recorded.
type step struct {
	Do   action `json:"do"`
	Line []byte `json:"line,omitempty"`
}

type action string

const (
	begin action = "begin"
	keep  action = "keep"
	drop  action = "drop"
)

// entry is an exchange that the session waits for.
type entry struct {
	client *Client
	kept   bool
}

// Keep implements cassette.Entry.
func (e *entry) Keep(line []byte) error {
	e.kept = true
	return e.client.take(step{keep, line})
}

// Drop implements cassette.Entry.
func (e *entry) Drop() {
	if !e.kept {
		// The session ends without it if this fails.
		_ = e.client.take(step{Do: drop})
	}
}
