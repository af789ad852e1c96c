package shell

import (
	"io/fs"
	"os"
	"slices"
)

// Reading returns the name of a shell that reads its commands from a file, a pipe or a socket. reads is false if no ancestor
// of this process does, or if that can't be told on this system.
func Reading(stdin fs.FileInfo) (name string, reads bool) {
	below := []*process{self()}
	p, ok := look(os.Getppid())
	for ok {
		parent, more := look(p.parent)
		// What a subshell reads is not what its shell was started with.
		isSubshell := more && p.isForkOf(parent)
		if name, reads = readsStdin(p.args); reads && !isSubshell && p.takesCommandsFrom(stdin, below) {
			return name, true
		}
		below = append(below, p)
		p, ok = parent, more
	}
	return "", false
}

// isForkOf reports whether a process runs on as its parent did.
func (p *process) isForkOf(parent *process) bool {
	return p.image == parent.image && slices.Equal(p.args, parent.args)
}

// takesCommandsFrom reports whether a shell without a script reads its commands from a file. One that controls jobs reads them
// from a terminal. below are the processes from this one up to the shell.
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

// firstSaved is the number from which on shells keep descriptors of their own.
const firstSaved = 10

// savedStdin returns what a shell put aside while something else is its standard input, as in `while read; do …; done < file`;
// nil if there is nothing. It is the first descriptor that can be read, that this process did not get, and that nothing below
// the shell writes to, as a command in $(…) does.
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
			// Beside a socket that is read, another one is what was written to.
			return info
		}
	}
	return nil
}

// isSame reports whether two descriptors, the other of which may be missing, are of one file.
func isSame(info, other fs.FileInfo) bool { return other != nil && os.SameFile(info, other) }
