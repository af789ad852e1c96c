//go:build unix

package input

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// TestSocketIsRead reads a socket, which standard input is under ssh and some CI runners, like a pipe.
func TestSocketIsRead(t *testing.T) {
	pair, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM, 0)
	if err != nil {
		t.Fatal(err)
	}
	in, out := os.NewFile(uintptr(pair[0]), "in"), os.NewFile(uintptr(pair[1]), "out")
	defer func() { _ = in.Close() }()
	if _, err := out.WriteString("from a socket"); err != nil {
		t.Fatal(err)
	}
	if err := out.Close(); err != nil {
		t.Fatal(err)
	}
	read(t, in, "from a socket")
}

func TestDevicesAreNotRead(t *testing.T) {
	for _, name := range []string{os.DevNull, "/dev/zero"} {
		f, err := os.Open(name)
		if err != nil {
			t.Fatal(err)
		}
		read(t, f, "")
		_ = f.Close()
	}
	read(t, nil, "")
	closed, err := os.Create(filepath.Join(t.TempDir(), "closed"))
	if err != nil {
		t.Fatal(err)
	}
	_ = closed.Close()
	read(t, closed, "")
}

// read checks which user message standard input adds to a system message; none if want is empty.
func read(t *testing.T, stdin *os.File, want string) {
	t.Helper()
	spec := &Spec{Items: []Item{{Kind: Text, Role: "system", Arg: "s", Flag: "--system"}}}
	conv, err := Read(t.Context(), &Stdin{File: stdin}, spec)
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, m := range conv.Added[1:] {
		got += string(m.Bytes())
	}
	if want != "" {
		text := textMessage("user", want)
		want = string(text.Bytes())
	}
	if got != want {
		t.Errorf("got %s, want %s", got, want)
	}
}
