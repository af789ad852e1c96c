package connect

import (
	"crypto/x509"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/cassette"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/reply"
	"github.com/chatcmpl/chatcmpl/internal/secret"
)

// Describe returns an error that explains the error of the last of so many attempts, and why there is no further
// attempt. It returns errors other than those of exchanges unchanged.
func (c *Client) Describe(err error, attempts int) error {
	var e *reply.Error
	if !errors.As(err, &e) {
		if errors.Is(err, api.ErrTimeout) {
			return &reply.Error{Kind: failure.Timeout, Message: c.tooLate(), Retryable: true, Err: err}
		}
		return err
	}
	described := &describedError{words: c.words(err, e, attempts), err: err}
	if miss, ok := errors.AsType[*cassette.MissError](err); ok && miss.Differences != nil {
		described.details = append([]string{miss.Summary() + ":"}, miss.Differences...)
	}
	if !failure.IsHinted(err) {
		described.hint = c.hint(err, e)
	}
	return described
}

// describedError wraps an error with a message of this package.
type describedError struct {
	words, hint string
	details     []string
	err         error
}

func (d *describedError) Error() string { return d.words }
func (d *describedError) Unwrap() error { return d.err }

// Failure implements failure.Reporter.
func (d *describedError) Failure() failure.Report {
	report := failure.Of(d.err)
	report.Message, report.Details = d.words, d.details
	if d.hint != "" {
		report.Hint = d.hint
	}
	return report
}

func (c *Client) tooLate() string { return "no complete reply within " + console.Duration(c.Timeout) }

// words returns the message for an exchange's error. It shortens the server's message, so that the text after it is not
// cut.
func (c *Client) words(err error, e *reply.Error, attempts int) string {
	bounded := *e
	bounded.Message = c.con.OneLine(e.Message, console.MaxLine)
	words := bounded.Error()
	late := errors.Is(err, api.ErrTimeout) && c.Timeout > 0
	if late {
		words = c.tooLate()
	}
	if attempts > 1 {
		words += fmt.Sprintf(", after %d attempts", attempts)
	}
	v := Judge(err)
	switch {
	case !v.Again || late || v.Once && attempts > 1:
	case c.Policy.MaxAfter > 0 && v.After > c.Policy.MaxAfter:
		after, most := console.Duration(v.After.Round(time.Second)), console.Duration(c.Policy.MaxAfter)
		words += fmt.Sprintf("; the server asks to wait %s, and chatcmpl waits at most %s", after, most)
	case attempts <= c.Policy.Retries:
		words += "; --timeout " + console.Duration(c.Timeout) + " leaves no time to try again"
	}
	return words
}

// hint returns the hint for an exchange's error; empty if the message needs none.
func (c *Client) hint(err error, e *reply.Error) string {
	if _, ok := errors.AsType[x509.UnknownAuthorityError](err); ok {
		return "if you trust this server, name the certificate of its CA with --cacert"
	}
	if api.WantsCertificate(err) {
		return "the server asks for a client certificate; name one that it accepts with --client-cert"
	}
	if _, ok := errors.AsType[*proxyStatusError](err); ok && e.Kind == failure.Auth {
		return "the proxy wants a name and a password in its URL: http://NAME:PASSWORD@HOST:PORT"
	} else if ok {
		return "the proxy does not let requests through to this server"
	}
	switch e.Kind {
	case failure.Auth:
		return c.keyHint()
	case failure.Refused:
		if e.Status == http.StatusNotFound || e.Status == http.StatusMethodNotAllowed {
			return "check the model (" + c.modelsCommand + " lists them) and --base-url"
		}
	case failure.NotAPI:
		hint := "check the base URL: " + secret.RedactURL(c.API.Base)
		if !strings.Contains(c.API.Base.Path, "/v") {
			hint += " (most end in /v1)"
		}
		return hint
	case failure.Credits:
		return "add credits to the account, or use another key"
	case failure.RateLimit:
		return "try again later"
	case failure.Redirect:
		return "the base URL is " + secret.RedactURL(c.API.Base) + "; use the final address instead"
	case failure.Network:
		return "check the network and --base-url; --offline needs neither"
	case failure.Unrecorded:
		if c.tape != nil && c.tape.Answers != nil {
			return "record the command again, where there is a network and a key: chatcmpl record --force " + console.Quote(c.tape.Name) + " -- COMMAND"
		}
		return "run it once with --record in place of --replay, where there is a network and a key"
	case failure.Timeout:
		if e.Status == 0 {
			return "--timeout, --connect-timeout and --idle-timeout set the limits"
		}
	}
	return ""
}

// Waiting notes a wait between attempts if it is over a second or --verbose is set.
func (c *Client) Waiting(err error, wait time.Duration, attempt int) {
	text := fmt.Sprintf("%s; trying again in %.1f s (retry %d of %d)", c.con.OneLine(err.Error(), 200), wait.Seconds(), attempt, c.Policy.Retries)
	if wait > time.Second {
		c.con.Note("%s", text)
	} else {
		c.con.Detail("* " + text)
	}
}
