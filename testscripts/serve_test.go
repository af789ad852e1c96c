//go:build unix

package testscripts

import (
	"bufio"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"github.com/rogpeppe/go-internal/testscript"
)

// serve runs "chatcmpl serve" on a free port for the rest of the script:
//
//	serve NAME [FLAG...]
//
// $NAME is set to its base URL, $NAME_host to its address, and NAME.log receives its stderr. Of the script's
// environment it inherits only the key and the rules.
func serve(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: serve NAME [FLAG...]")
	}
	log, err := os.Create(ts.MkAbs(args[0] + ".log"))
	ts.Check(err)
	cmd := exec.Command("chatcmpl", append([]string{"serve", "--addr", "127.0.0.1:0"}, args[1:]...)...) //nolint:noctx // the script ends it
	cmd.Dir, cmd.Stderr = ts.MkAbs("."), log
	cmd.Env = append(cleanEnviron(), "HOME="+ts.MkAbs("."), "GORACE=atexit_sleep_ms=0")
	for _, name := range []string{"CHATCMPL_API_KEY", "CHATCMPL_REPLIES"} {
		cmd.Env = append(cmd.Env, name+"="+ts.Getenv(name))
	}
	out, err := cmd.StdoutPipe()
	ts.Check(err)
	ts.Check(cmd.Start())
	ts.Defer(func() {
		_ = cmd.Process.Signal(syscall.SIGKILL)
		_ = cmd.Wait()
		_ = log.Close()
	})
	url, err := bufio.NewReader(out).ReadString('\n')
	ts.Check(err)
	url = strings.TrimSuffix(url, "\n")
	ts.Setenv(args[0], url)
	ts.Setenv(args[0]+"_host", strings.TrimSuffix(strings.TrimPrefix(url, "http://"), "/v1"))
}
