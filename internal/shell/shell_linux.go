package shell

import (
	"io/fs"
	"os"
	"slices"
)

// Reading returns the name of the ancestor shell that reads its commands from stdin, a file, a pipe or a socket. reads
// is false if there is none, or if the system does not reveal it.
func Reading(stdin fs.FileInfo) (name string, reads bool) {
	below := []*process{self()}
	p, ok := look(os.Getppid())
	for ok {
		parent, more := look(p.parent)
		// The arguments of a subshell are those of its parent and don't describe its own input.
		isSubshell := more && p.isForkOf(parent)
		if name, reads = readsStdin(p.args); reads && !isSubshell && p.takesCommandsFrom(stdin, below) {
			return name, true
		}
		below = append(below, p)
		p, ok = parent, more
	}
	return "", false
}

// isForkOf reports whether a process was forked from parent without exec.
func (p *process) isForkOf(parent *process) bool {
	return p.image == parent.image && slices.Equal(p.args, parent.args)
}

// takesCommandsFrom reports whether a shell without a script reads its commands from stdin. A shell with job control
// reads them from a terminal. below holds the processes from this one up to the shell.
func (p *process) takesCommandsFrom(stdin fs.FileInfo, below []*process) bool {
	if p.hasJobControl {
		return false
	}
	source := p.savedStdin(stdin, below)
	if source == nil {
		source = p.file(0)
	}
	return source != nil && os.SameFile(source, stdin)
}

// firstSaved is the lowest descriptor in which shells save others.
const firstSaved = 10

// savedStdin returns the standard input that a shell saved while it is redirected, as in `while read; do …; done <
// file`; nil if there is none. It is the first descriptor from firstSaved that is open for reading, that this process
// did not inherit, and that no process below the shell uses as its output, as a command in $(…) does.
func (p *process) savedStdin(stdin fs.FileInfo, below []*process) fs.FileInfo {
	for _, number := range p.descriptors() {
		info := p.file(number)
		if number < firstSaved || info == nil || !p.canRead(number) || isSame(info, below[0].file(number)) {
			continue
		}
		if slices.ContainsFunc(below, func(b *process) bool { return isSame(info, b.file(1)) || isSame(info, b.file(2)) }) {
			continue
		}
		switch mode := info.Mode(); {
		case mode.IsRegular(), mode&fs.ModeNamedPipe != 0:
			return info
		case mode&fs.ModeSocket != 0 && stdin.Mode()&fs.ModeSocket == 0:
			// If stdin is a socket too, a saved socket may be an output instead.
			return info
		}
	}
	return nil
}

// isSame reports whether two infos describe the same file. other may be nil.
func isSame(info, other fs.FileInfo) bool { return other != nil && os.SameFile(info, other) }
