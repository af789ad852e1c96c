package cli

import (
	"cmp"
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/secret"
)

// keyError is a key that can't be had; nothing was sent.
func keyError(hint, message string) error {
	return hinted(&api.Error{Kind: api.KindAuth, Message: message, After: -1}, hint)
}

// knownKeys makes every key of the environment a secret, also those that are not sent.
func knownKeys(e *env) {
	e.redact.Add(e.get(xaiKeyVariable))
	e.redact.Add(e.get(keyVariable))
}

// credential is a key and where it came from, as the user calls that.
type credential struct {
	secret.String

	from string
	// instead says whose key there was, if one was there for another server only.
	instead string
}

// keyPlace is where a key comes from.
type keyPlace int

const (
	noKey keyPlace = iota
	inHeader
	inVariable
	inFile
	byCommand
	inXAIVariable
)

// keyPlace says where the key for an endpoint comes from: from the flags, from
// CHATCMPL_API_KEY, and at xAI alone from XAI_API_KEY; nowhere where a server needs none.
// The header may have the user's own credential.
func (f *connectFlags) keyPlace(e *env, cmd *cobra.Command, to *endpoint, h http.Header) (place keyPlace, called string) {
	fileFlag, commandFlag := cmd.Flags().Changed("api-key-file"), cmd.Flags().Changed("api-key-command")
	switch {
	case to.offline && !to.base.Query().Has("key"):
	case h.Get("Authorization") != "":
		return inHeader, "the header Authorization"
	case e.get(keyVariable) != "" && !fileFlag && !commandFlag:
		return inVariable, keyVariable
	case f.keyFile != "" && !commandFlag:
		return inFile, "the key file " + f.keyFile
	case f.keyCommand != "":
		return byCommand, "the key command"
	case e.get(xaiKeyVariable) != "" && (to.xai || to.offline):
		return inXAIVariable, xaiKeyVariable
	}
	return noKey, ""
}

// key finds the key for an endpoint. It is empty where there is none, and where the header
// has the user's own credential.
func (f *connectFlags) key(ctx context.Context, e *env, cmd *cobra.Command, to *endpoint, h http.Header) (credential, error) {
	place, from := f.keyPlace(e, cmd, to, h)
	var key string
	var err error
	switch place {
	case inVariable, inXAIVariable:
		key = e.get(from)
	case inFile:
		if key, err = keyFromFile(e, f.keyFile); err == nil {
			warnOfReaders(e, f.keyFile)
		}
	case byCommand:
		key, err = keyFromCommand(ctx, e, f.keyCommand)
	case noKey, inHeader:
	}
	if err != nil {
		return credential{}, err
	}
	if key = strings.TrimSpace(key); key == "" && f.leftOut != "" && !to.offline && place != inHeader {
		e.detail("* " + f.leftOut + " and is not sent to " + to.base.Host)
		return credential{instead: f.leftOut}, nil
	}
	if strings.ContainsFunc(key, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return credential{}, keyError("a key is one word of ASCII; this one came from "+from, "the key holds characters that no key has")
	}
	e.redact.Add(key)
	return credential{String: secret.New(key), from: from}, nil
}

// shown is the header of a request that is shown, not sent. What is secret in it, or would be
// sent beside it, is known as such from then on.
func (f *connectFlags) shown(e *env) (http.Header, error) {
	f.hideKeyFile(e)
	return f.header(e)
}

// hideKeyFile makes the key of a file known as a secret where it is not sent. A command is
// not run for that, and a pipe, which can be read once, is left to whoever sends the key.
func (f *connectFlags) hideKeyFile(e *env) {
	if info, err := os.Stat(f.keyFile); err != nil || !info.Mode().IsRegular() {
		return
	}
	if key, err := keyFromFile(e, f.keyFile); err == nil {
		e.redact.Add(key)
	}
}

func keyFromFile(e *env, name string) (string, error) {
	raw, err := os.ReadFile(name)
	if err != nil {
		return "", usage("", "%s: %w", e.called("api-key-file"), err)
	}
	if strings.TrimSpace(string(raw)) == "" {
		return "", keyError("put the key into it", "the key file "+name+" is empty")
	}
	return string(raw), nil
}

// warnOfReaders tells of a key file that others can read. Windows tells that in other ways.
func warnOfReaders(e *env, name string) {
	info, err := os.Stat(name)
	if err == nil && info.Mode().IsRegular() && info.Mode().Perm()&0o044 != 0 && runtime.GOOS != "windows" {
		e.note("others can read the key file %s; chmod 600 makes it yours alone", name)
	}
}

func keyFromCommand(ctx context.Context, e *env, command string) (string, error) {
	cmd := exec.CommandContext(ctx, "sh", "-c", command)
	if runtime.GOOS == "windows" {
		cmd = exec.CommandContext(ctx, "cmd", "/c", command)
	}
	// It may ask for a pass phrase: stderr is its to speak on.
	cmd.Stderr = e.stderr
	// What it leaves running in the background may hold its output open.
	cmd.WaitDelay = time.Second
	out, err := cmd.Output()
	if errors.Is(err, exec.ErrWaitDelay) {
		err = nil
	}
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		return "", keyError("run it by hand to see why", "the key command failed: "+exit.Error())
	case err != nil:
		return "", keyError("", "the key command can't be run: "+err.Error())
	case strings.TrimSpace(string(out)) == "":
		return "", keyError("run it by hand to see why", "the key command printed nothing")
	}
	return string(out), nil
}

// authorize puts the key into the header, unless the user put another credential there.
func authorize(h http.Header, key credential, to *endpoint) error {
	if h.Get("Authorization") != "" {
		return nil
	}
	if !key.Empty() {
		h.Set("Authorization", "Bearer "+key.Reveal())
		return nil
	}
	if to.offline {
		return nil
	}
	if user := to.base.User; user != nil {
		password, _ := user.Password()
		h.Set("Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(user.Username()+":"+password)))
		return nil
	}
	if to.xai {
		return keyError(cmp.Or(key.instead, "set it in the environment, or try --offline, which needs no key"),
			"no API key: "+xaiKeyVariable+" is not set")
	}
	return nil
}

// keyHint says what to do about a refused key.
func keyHint(e *env, to *endpoint, key credential) string {
	switch {
	case key.from != "" && to.offline:
		return "the embedded endpoint was told to ask for another key than that of " + key.from
	case to.offline:
		return "the embedded endpoint was told to ask for a key; set " + keyVariable
	case key.instead != "":
		return key.instead + " and was not sent to " + to.base.Host
	case key.from != "" && to.xai:
		return "check " + key.from + "; keys are made at https://console.x.ai"
	case key.from != "":
		return "check " + key.from + ", which was sent to " + to.base.Host
	case e.get(xaiKeyVariable) != "" && !to.xai:
		return xaiKeyVariable + " is sent to x.ai only; set " + keyVariable + " for " + to.base.Host
	}
	return "set " + keyVariable + " for " + to.base.Host
}
