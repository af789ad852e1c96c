package shell

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
)

// process is a process as /proc shows it. What another user's process hides is missing.
type process struct {
	dir    string
	parent int
	args   []string
	// image tells a process that only forked, as a subshell does, from one that was started anew: it is where its stack begins.
	image uint64
	// hasJobControl reports that it ignores the signal of a background job's output, as shells do that control jobs.
	hasJobControl bool
}

func self() *process { return &process{dir: "/proc/self/"} }

// look reads what is known of a process; ok is false if there is none.
func look(pid int) (p *process, ok bool) {
	p = &process{dir: fmt.Sprintf("/proc/%d/", pid)}
	stat, err := os.ReadFile(p.dir + "stat")
	if err != nil {
		return nil, false
	}
	// The name of the program, in parentheses, may hold anything. What follows begins with field 3.
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	const ppid, startstack, sigignore = 4 - 3, 28 - 3, 33 - 3
	if len(fields) <= sigignore {
		return nil, false
	}
	p.parent = int(number(fields[ppid]))
	p.image = number(fields[startstack])
	p.hasJobControl = number(fields[sigignore])&(1<<(syscall.SIGTTOU-1)) != 0
	if line, err := os.ReadFile(p.dir + "cmdline"); err == nil {
		p.args = strings.Split(strings.TrimSuffix(string(line), "\x00"), "\x00")
	}
	return p, true
}

// number reads a field that the kernel wrote; 0 if it is something else.
func number(field string) uint64 {
	n, _ := strconv.ParseUint(field, 10, 64)
	return n
}

// descriptors returns the numbers of the open files, in order.
func (p *process) descriptors() []int {
	entries, _ := os.ReadDir(p.dir + "fd") // none where it is hidden
	var numbers []int
	for _, e := range entries {
		if n, err := strconv.Atoi(e.Name()); err == nil {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return numbers
}

// file describes an open file; nil if that is not known.
func (p *process) file(number int) fs.FileInfo {
	info, err := os.Stat(fmt.Sprintf("%sfd/%d", p.dir, number))
	if err != nil {
		return nil
	}
	return info
}

// canRead reports whether an open file was opened for reading.
func (p *process) canRead(descriptor int) bool {
	text, _ := os.ReadFile(fmt.Sprintf("%sfdinfo/%d", p.dir, descriptor))
	_, rest, found := strings.Cut(string(text), "flags:")
	fields := strings.Fields(rest)
	if !found || len(fields) == 0 {
		return false
	}
	flags, err := strconv.ParseUint(fields[0], 8, 64)
	return err == nil && flags&syscall.O_ACCMODE != syscall.O_WRONLY
}
