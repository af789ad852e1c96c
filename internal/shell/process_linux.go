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

// process holds facts about a process from /proc. For other users' processes, some are missing.
type process struct {
	dir    string
	parent int
	args   []string
	// image is the start address of the stack. A process that forked without exec, such as a subshell, has the same
	// address as its parent.
	image uint64
	// hasJobControl reports whether the process ignores SIGTTOU, as shells with job control do.
	hasJobControl bool
}

func self() *process { return &process{dir: "/proc/self/"} }

// look reads the facts about a process; ok is false if it does not exist.
func look(pid int) (p *process, ok bool) {
	p = &process{dir: fmt.Sprintf("/proc/%d/", pid)}
	stat, err := os.ReadFile(p.dir + "stat")
	if err != nil {
		return nil, false
	}
	// The program name in parentheses may contain spaces and parentheses. Field 3 follows the last parenthesis.
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

// number parses a number from the kernel; 0 if it is invalid.
func number(field string) uint64 {
	n, _ := strconv.ParseUint(field, 10, 64)
	return n
}

// descriptors returns the numbers of the open files, in order.
func (p *process) descriptors() []int {
	entries, _ := os.ReadDir(p.dir + "fd") // empty if not permitted
	var numbers []int
	for _, e := range entries {
		if n, err := strconv.Atoi(e.Name()); err == nil {
			numbers = append(numbers, n)
		}
	}
	slices.Sort(numbers)
	return numbers
}

// file returns the file info of a descriptor; nil if it is unknown.
func (p *process) file(number int) fs.FileInfo {
	info, err := os.Stat(fmt.Sprintf("%sfd/%d", p.dir, number))
	if err != nil {
		return nil
	}
	return info
}

// canRead reports whether a descriptor is open for reading.
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
