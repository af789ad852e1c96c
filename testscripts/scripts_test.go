//go:build unix

// Package testscripts tests everything that users can see. Each script runs the real binary against fake servers, and
// compares its output and the requests that it sends.
package testscripts

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/chatcmpl/chatcmpl/internal/cli"
)

var update = flag.Bool("update", false, "write what the commands print into the scripts")

func TestMain(m *testing.M) {
	if strings.HasSuffix(os.Args[0], ".test") {
		// The commands in scripts are this binary under other names.
		catchIgnored()
		// Config files must not be writable by others, or key commands in them are refused.
		syscall.Umask(0o022)
	}
	testscript.Main(m, map[string]func(){"chatcmpl": chatcmpl, "await": await})
}

func chatcmpl() {
	dropEmptyStdin()
	os.Exit(cli.Main())
}

// catchIgnored catches the signals that this process ignores since its start, as under nohup or in the background of a
// shell. Otherwise the commands in scripts would inherit that and never be ended by a signal.
func catchIgnored() {
	caught := make(chan os.Signal, 1)
	for _, sig := range []os.Signal{os.Interrupt, syscall.SIGHUP} {
		if signal.Ignored(sig) {
			signal.Notify(caught, sig)
		}
	}
}

// await runs a command repeatedly until it succeeds, for at most a minute, so that no script waits forever.
func await() {
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if exec.CommandContext(context.Background(), os.Args[1], os.Args[2:]...).Run() == nil {
			return
		}
	}
	fmt.Fprintln(os.Stderr, "await: this did not come true within a minute:", os.Args[1:])
	os.Exit(1)
}

func TestScripts(t *testing.T) {
	t.Parallel()
	if os.Getenv(nested) != "" {
		return
	}
	scripts, err := filepath.Glob("*/*.txtar")
	if err != nil || len(scripts) == 0 {
		t.Fatal("no scripts", err)
	}
	dirs := map[string][]string{}
	for _, s := range scripts {
		dirs[filepath.Dir(s)] = append(dirs[filepath.Dir(s)], s)
	}
	for dir, files := range dirs {
		t.Run(dir, func(t *testing.T) {
			t.Parallel()
			testscript.Run(t, testscript.Params{
				Files: files, UpdateScripts: *update, RequireExplicitExec: true, RequireUniqueNames: true,
				Setup: setup, Condition: condition,
				Cmds: map[string]func(*testscript.TestScript, bool, []string){"deaf": deaf, "exits": exits, "fake": fake, "picture": picture, "serve": serve},
			})
		})
	}
}

// setup gives each script an environment without the settings of the machine.
func setup(env *testscript.Env) error {
	env.Setenv("HOME", env.WorkDir)
	env.Setenv("TERM", "xterm")
	env.Setenv(driverVariable, strconv.Itoa(os.Getpid()))
	// With -race each command would otherwise wait a second before it exits.
	env.Setenv("GORACE", "atexit_sleep_ms=0")
	for _, name := range []string{"http_proxy", "https_proxy", "HTTP_PROXY", "HTTPS_PROXY", "XDG_CONFIG_HOME"} {
		env.Setenv(name, "")
	}
	completions, err := filepath.Abs("../completions")
	env.Setenv("COMPLETIONS", completions)
	return err
}

// condition implements [missing:NAME]: the machine lacks the program or the file NAME. In CI, where all are installed,
// a missing one is an error.
func condition(cond string) (bool, error) {
	name, ok := strings.CutPrefix(cond, "missing:")
	if !ok {
		return false, fmt.Errorf("no such condition: %s", cond)
	}
	_, err := exec.LookPath(name)
	if filepath.IsAbs(name) {
		_, err = os.Stat(name)
	}
	if err != nil && os.Getenv("CI") != "" {
		return false, err
	}
	return err != nil, nil
}

// exits runs a command and compares its exit status, or the name of the signal that ended it:
//
//	exits 2 chatcmpl chat --bogus
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: exits CODE COMMAND [ARG...]")
	}
	err := ts.Exec(args[1], args[2:]...)
	code := "0"
	var exit *exec.ExitError
	switch {
	case errors.As(err, &exit):
		code = strconv.Itoa(exit.ExitCode())
		if status, ok := exit.Sys().(syscall.WaitStatus); ok && status.Signaled() {
			code = status.Signal().String()
		}
	case err != nil:
		ts.Fatalf("%s: %v", args[1], err)
	}
	if code != args[0] {
		ts.Fatalf("%s exits %s, want %s", args[1], code, args[0])
	}
}
