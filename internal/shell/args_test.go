package shell

import (
	"strings"
	"testing"
)

func TestReadsStdin(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"bash": "bash", "-bash": "bash", "/bin/sh": "sh", "/usr/bin/zsh": "zsh", "-ksh93": "ksh93", "busybox sh": "sh", "/bin/busybox ash -x": "ash",
		"bash -s": "bash", "bash -s a b": "bash", "bash -es -- a": "bash", "bash -s - a": "bash", "bash -": "bash", "bash --": "bash",
		"bash -x": "bash", "bash -euo pipefail": "bash", "bash -euo pipefail -s x": "bash", "bash -o pipefail": "bash", "bash -eo pipefail -O extglob": "bash",
		"bash +x": "bash", "bash --norc": "bash", "bash --rcfile f": "bash", "bash --noprofile --norc -l": "bash", "zsh --emulate sh": "zsh", "bash -l": "bash",
		"bash /dev/stdin": "bash", "sh /dev/fd/0 a": "sh", "bash -i": "bash", "bash -o": "bash",
		"": "", "timeout 5 bash": "", "sudo bash -s": "", "python3": "", "busybox": "", "busybox cat": "", "/opt/bash/bin/node": "",
		"bash s.sh": "", "bash -x s.sh": "", "bash -- s.sh": "", "bash - s.sh": "", "sh ./s.sh -s": "", "bash -euo pipefail s.sh": "", "bash --rcfile f s.sh": "",
		"bash -c cmd": "", "bash -ec cmd": "", "bash -euxc cmd": "", "bash -s -c cmd": "", "bash -o pipefail -c cmd": "", "bash -lc cmd": "", "bash --norc -c cmd": "",
		"fish --command cmd": "", "fish --command=cmd": "", "bash /dev/fd/63": "", "busybox sh s.sh": "", "busybox sh -c cmd": "",
	} {
		name, reads := readsStdin(strings.Fields(line))
		if reads != (want != "") || reads && name != want {
			t.Errorf("%q: %q %v, want %q", line, name, reads, want)
		}
	}
}
