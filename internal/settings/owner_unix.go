//go:build unix

package settings

import (
	"io/fs"
	"os"
	"syscall"
)

// others describes who else can write a file, with a hint what to do about it; both are empty if only its owner can and
// that is this user or root. The directory does not matter, because a user who replaces the file there owns the new
// one.
func others(info fs.FileInfo) (who, hint string) {
	if info.Mode().Perm()&0o022 != 0 {
		return "other users can write to the file", "chmod go-w takes that permission away"
	}
	stat, ok := info.Sys().(*syscall.Stat_t)
	if ok && stat.Uid != 0 && int(stat.Uid) != os.Geteuid() {
		return "the file belongs to another user", "use a copy that belongs to you"
	}
	return "", ""
}
