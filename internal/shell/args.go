package shell

import (
	"path/filepath"
	"slices"
	"strings"
)

// readsStdin reports whether the arguments of a process run a shell that reads its commands from standard input, that
// is, without -c and a script, and returns the name of the shell.
func readsStdin(args []string) (name string, reads bool) {
	name, args = shellOf(args)
	if name == "" {
		return "", false
	}
	fromStdin := false
	for len(args) > 0 {
		arg := args[0]
		args = args[1:]
		switch {
		case arg == "-" || arg == "--":
			return name, fromStdin || !names(args)
		case arg == "--command" || strings.HasPrefix(arg, "--command="):
			return name, false
		case strings.HasPrefix(arg, "--"):
			if takesValue(arg) {
				args = args[min(1, len(args)):]
			}
		case arg != "" && (arg[0] == '-' || arg[0] == '+'):
			letters := arg[1:]
			if arg[0] == '-' && strings.Contains(letters, "c") {
				return name, false
			}
			fromStdin = fromStdin || arg[0] == '-' && strings.Contains(letters, "s")
			// The values of several letters follow in the same order.
			args = args[min(countValues(letters), len(args)):]
		default:
			return name, fromStdin || !names(append([]string{arg}, args...))
		}
	}
	return name, true
}

// shellOf returns the name of the shell in args and the arguments after it; empty if args run no shell. The name of a
// login shell begins with a dash.
func shellOf(args []string) (name string, rest []string) {
	if len(args) == 0 {
		return "", nil
	}
	name = strings.TrimPrefix(filepath.Base(args[0]), "-")
	if (name == "busybox" || name == "toybox") && len(args) > 1 {
		return shellOf(args[1:])
	}
	known := []string{"sh", "bash", "rbash", "dash", "ash", "hush", "zsh", "ksh", "ksh93", "rksh", "mksh", "lksh", "oksh", "yash", "posh", "fish", "csh", "tcsh"}
	if !slices.Contains(known, name) {
		return "", nil
	}
	return name, args[1:]
}

// names reports whether the words after a shell's options begin with a script other than standard input.
func names(words []string) bool {
	return len(words) > 0 && !slices.Contains([]string{"/dev/stdin", "/dev/fd/0", "/proc/self/fd/0"}, words[0])
}

// takesValue reports whether the word after a long option is its value.
func takesValue(option string) bool {
	return slices.Contains([]string{"--rcfile", "--init-file", "--init-command", "--emulate"}, option)
}

// countValues returns the number of option letters that take a value: -o pipefail, -O extglob.
func countValues(letters string) int {
	return strings.Count(letters, "o") + strings.Count(letters, "O")
}
