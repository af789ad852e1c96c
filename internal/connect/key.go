package connect

import (
	"cmp"
	"context"
	"errors"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"time"

	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/reply"
	"github.com/chatcmpl/chatcmpl/internal/secret"
)

// keyError returns the error for a missing or unreadable key.
func keyError(hint, message string) error {
	return failure.WithHint(&reply.Error{Kind: failure.Auth, Message: message}, hint)
}

// RedactKeys makes the console redact every key in the environment, also those that are not sent.
func RedactKeys(con *console.Console, getenv func(string) string) {
	con.Redactor.Add(getenv(XAIKeyVariable))
	con.Redactor.Add(getenv(KeyVariable))
}

// credential is a key and its source.
type credential struct {
	secret.String

	from string // name of the source, as the user wrote it
	// insteadOf describes a key that is not used because it is for another server; empty if there is none.
	insteadOf string
}

// keyPlace is a kind of source of a key.
type keyPlace int

const (
	noKey keyPlace = iota
	inHeader
	inVariable
	inFile
	byCommand
	inXAIVariable
)

// KeySource returns the name of the source of an endpoint's key; empty if there is no key. The source may be the user's
// own Authorization header in h. KeySource does not run a key command.
func (o *Options) KeySource(to *Endpoint, h http.Header) string {
	_, from := o.keyPlace(to, h)
	return from
}

// keyPlace determines the source of the key. In order of precedence: the user's own header, options on the command
// line, CHATCMPL_API_KEY, options from elsewhere, and XAI_API_KEY, but only for xAI. The embedded endpoint needs a key
// only if it is set to require one.
func (o *Options) keyPlace(to *Endpoint, h http.Header) (place keyPlace, from string) {
	switch {
	case to.Offline && !to.Base.Query().Has("key"):
	case h.Get("Authorization") != "":
		return inHeader, "the header Authorization"
	case o.Getenv(KeyVariable) != "" && !o.KeyByFlag:
		return inVariable, KeyVariable
	case o.KeyFile != "":
		return inFile, "the key file " + o.KeyFile
	case o.KeyCommand != "":
		return byCommand, "the key command"
	case o.Getenv(XAIKeyVariable) != "" && (to.XAI || to.Offline):
		return inXAIVariable, XAIKeyVariable
	}
	return noKey, ""
}

// Key returns the key that clients of `serve` must send.
func (o *Options) Key(ctx context.Context, con *console.Console) (secret.String, error) {
	key, err := o.key(ctx, con, &Endpoint{Base: &url.URL{}}, http.Header{}, false)
	if err == nil && key.Empty() {
		err = keyError("set "+KeyVariable+", or name a file with --api-key-file", "--require-key: no key is set, so none can be required")
	}
	return key.String, err
}

// key returns the key for an endpoint; empty if there is none or h has the user's own Authorization. leftOut reports
// whether a secret header for another server was left out.
func (o *Options) key(ctx context.Context, con *console.Console, to *Endpoint, h http.Header, leftOut bool) (credential, error) {
	place, from := o.keyPlace(to, h)
	key, err := o.readKey(ctx, con, place, from)
	if err != nil {
		return credential{}, err
	}
	insteadOf := o.KeyFor
	if leftOut {
		insteadOf = cmp.Or(insteadOf, o.HeadersFor)
	}
	if key = strings.TrimSpace(strings.TrimPrefix(key, "\ufeff")); key == "" && insteadOf != "" && !to.Offline && place != inHeader {
		con.Detail("* " + insteadOf + " and is not sent to " + to.Base.Host)
		return credential{insteadOf: insteadOf}, nil
	}
	if strings.ContainsAny(key, "\r\n") {
		return credential{}, keyError("a key is one word on one line; this one came from "+from, "the key has more than one line")
	}
	if strings.ContainsFunc(key, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return credential{}, keyError("a key is one word of ASCII; this one came from "+from, "the key holds characters that no key has")
	}
	con.Redactor.Add(key)
	return credential{String: secret.New(key), from: from}, nil
}

func (o *Options) readKey(ctx context.Context, con *console.Console, place keyPlace, from string) (string, error) {
	switch place {
	case inVariable, inXAIVariable:
		return o.Getenv(from), nil
	case inFile:
		key, err := keyFromFile(o.KeyFile)
		if err == nil {
			warnOfReaders(con, o.KeyFile)
		}
		return key, err
	case byCommand:
		return o.keyFromCommand(ctx, con)
	case noKey, inHeader:
	}
	return "", nil
}

// HideKeyFile makes the console redact the key in the key file, although it is not sent. It does not run a key command,
// nor read a pipe, which can be read only once.
func (o *Options) HideKeyFile(con *console.Console) {
	if info, err := os.Stat(o.KeyFile); err != nil || !info.Mode().IsRegular() {
		return
	}
	if key, err := keyFromFile(o.KeyFile); err == nil {
		con.Redactor.Add(key)
	}
}

// maxKey is the size in bytes of the longest key with the space around it.
const maxKey = 64 << 10

func keyFromFile(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", failure.BadOption("api-key-file", "", ": %w", err)
	}
	raw, err := io.ReadAll(io.LimitReader(f, maxKey+1))
	if err := errors.Join(err, f.Close()); err != nil {
		return "", failure.BadOption("api-key-file", "", ": %w", err)
	}
	if len(raw) > maxKey {
		return "", keyError("a key is one word on one line", "the key file "+name+" is too large to hold only a key")
	}
	if strings.TrimSpace(string(raw)) == "" {
		return "", keyError("put the key into it", "the key file "+name+" is empty")
	}
	return string(raw), nil
}

// warnOfReaders notes if other users can read a key file, except on Windows, which has no permission bits.
func warnOfReaders(con *console.Console, name string) {
	info, err := os.Stat(name)
	if err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o044 != 0 && runtime.GOOS != "windows" {
		con.Note("others can read the key file %s; chmod 600 makes it yours alone", name)
	}
}

func (o *Options) keyFromCommand(ctx context.Context, con *console.Console) (string, error) {
	cmd := shell(ctx, o.KeyCommand)
	// The command may ask for a passphrase. It does not need the keys in the environment.
	cmd.Stderr = con.Stderr
	cmd.Env = slices.DeleteFunc(o.Environ(), func(pair string) bool {
		name, _, _ := strings.Cut(pair, "=")
		// Windows ignores the case of names.
		return strings.EqualFold(name, XAIKeyVariable) || strings.EqualFold(name, KeyVariable)
	})
	// Background processes of the command may keep its output open.
	cmd.WaitDelay = time.Second
	out := &keyOutput{}
	cmd.Stdout = out
	err := cmd.Run()
	if errors.Is(err, exec.ErrWaitDelay) {
		err = nil
	}
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	var exit *exec.ExitError
	switch {
	case out.tooMuch:
		return "", keyError("a key is one word on one line", "the key command printed too much for a key")
	case errors.As(err, &exit):
		return "", keyError("run it by hand to see why", "the key command failed: "+exit.Error())
	case err != nil:
		return "", keyError("", "the key command can't be run: "+err.Error())
	case strings.TrimSpace(out.text.String()) == "":
		return "", keyError("run it by hand to see why", "the key command printed nothing")
	}
	return out.text.String(), nil
}

// keyOutput holds what a key command prints. It ends a command that prints more than a key.
type keyOutput struct {
	text    strings.Builder
	tooMuch bool
}

func (o *keyOutput) Write(p []byte) (int, error) {
	if o.text.Len()+len(p) > maxKey {
		o.tooMuch = true
		return 0, io.ErrShortWrite
	}
	return o.text.Write(p)
}

// authorize adds the key to the header, unless the user set Authorization.
func authorize(h http.Header, key credential, to *Endpoint) error {
	switch {
	case h.Get("Authorization") != "":
	case !key.Empty():
		h.Set("Authorization", "Bearer "+key.Reveal())
	case to.Offline:
	case to.Base.User != nil:
		h.Set("Authorization", "Basic "+secret.BasicCredential(to.Base.User))
	case to.XAI:
		return keyError(cmp.Or(key.insteadOf, "set it in the environment, or try --offline, which needs no key"),
			"no API key: "+XAIKeyVariable+" is not set")
	}
	return nil
}

// keyHint returns the hint for a refused key.
func (o *Options) keyHint(to *Endpoint, key credential) string {
	switch {
	case to.Offline && strings.Contains(o.BaseURL, "blocked="):
		return "the setting blocked= of the embedded endpoint refuses every key"
	case key.from != "" && to.Offline:
		return "the embedded endpoint is set to require another key than that of " + key.from
	case to.Offline:
		return "the embedded endpoint is set to require a key; set " + KeyVariable
	case key.insteadOf != "":
		return key.insteadOf + " and was not sent to " + to.Base.Host
	case key.from != "" && to.XAI:
		return "check " + key.from + "; keys are made at https://console.x.ai"
	case key.from != "":
		return "check " + key.from + ", which was sent to " + to.Base.Host
	case o.Getenv(XAIKeyVariable) != "" && !to.XAI:
		return XAIKeyVariable + " is sent to x.ai only; set " + KeyVariable + " for " + to.Base.Host
	}
	return "set " + KeyVariable + " for " + to.Base.Host
}

// HasKey reports whether a key is set up for servers other than xAI's.
func (o *Options) HasKey() bool {
	return o.Getenv(KeyVariable) != "" || o.KeyFile != "" || o.KeyCommand != ""
}
