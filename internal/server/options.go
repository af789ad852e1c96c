package server

import (
	"net/url"

	"github.com/chatcmpl/chatcmpl/internal/connect"
)

// Options describe a server.
type Options struct {
	Connect connect.Options
	// Addr is the host and port to listen at. AllowRemote allows one that other machines can reach.
	Addr        string
	AllowRemote bool
	// Upstream is the base URL of the server that requests are forwarded to; empty for the embedded endpoint. RequireKey makes
	// that want the key, and Settings are those of the requests that set none.
	Upstream   string
	RequireKey bool
	Settings   url.Values
	// LogJSON writes the lines of the log as JSON.
	LogJSON bool
	// HandleSignals is as in job.Options.Graceful.
	HandleSignals func(first, second func()) (end func())
}

// overSignal marks what was lost: it counts for more than the signal that ended the server.
func overSignal(unwritten func() error) func() error {
	return func() error {
		if err := unwritten(); err != nil {
			return &LostError{err}
		}
		return nil
	}
}

// LostError reports an exchange that a server could not record. It takes precedence over the signal that ended the
// server.
type LostError struct{ error }

// Unwrap returns the cause.
func (l *LostError) Unwrap() error { return l.error }
