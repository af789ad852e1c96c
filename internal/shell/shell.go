// Package shell detects whether an ancestor of this process is a shell that reads its commands from the same standard
// input: `ssh host bash -s < script`, `curl … | bash`. Another process that reads there would consume the rest of the
// script.
package shell
