package cli

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
)

// recordFlags are the flags of a batch over JSONL.
type recordFlags struct {
	in      string
	lines   bool
	mapping string
	out     string
	resume  bool
	// retryFailed goes with resume.
	retryFailed bool
	force       bool
	unordered   bool
	text        bool
	jobs        int
	rpm, tpm    float64
	failFast    bool
	maxErrors   int
	maxTicks    int64
	shard       int64
	shards      int64
}

func (f *recordFlags) bind(cmd *cobra.Command) {
	fs := cmd.Flags()
	fs.StringVarP(&f.in, "input", "i", "", "a `file` of requests, one a line (- is stdin)")
	fs.BoolVar(&f.lines, "lines", false, "take each line as a prompt, not as JSON")
	fs.StringVar(&f.mapping, "map", "", "a jq `filter` that makes a record of each line's JSON")
	fs.StringVarP(&f.out, "output", "o", "", "append each result to a `file` the moment it is there")
	fs.BoolVar(&f.resume, "resume", false, "go on with the file of -o")
	fs.BoolVar(&f.retryFailed, "retry-failed", false, "with --resume, do every record again that failed, whatever the reason")
	fs.BoolVar(&f.force, "force", false, "overwrite the file of -o")
	fs.BoolVar(&f.unordered, "unordered", false, "print results as they come, not in the order of the input")
	fs.BoolVar(&f.text, "text", false, "print the replies' texts, a line each; newlines in them become spaces but with -0")
	fs.VarP(jobs(&f.jobs, 16), "jobs", "j", "how many requests are under way at the same time")
	fs.Var(perMinute(&f.rpm), "rpm", "the most requests a minute, evenly spaced")
	fs.Var(perMinute(&f.tpm), "tpm", "the most tokens a minute, by the usage that came back")
	fs.BoolVar(&f.failFast, "fail-fast", false, "end the run at the first record that fails")
	f.maxErrors = -1
	fs.Var(atLeastZero(&f.maxErrors), "max-errors", "end the run when more records than this have failed")
	fs.Var(dollars(&f.maxTicks), "max-cost", "end the run when it has cost as much, in `USD`")
	fs.Var(shard(&f.shard, &f.shards), "shard", "take every N-th line from line K on, as `K/N`")
	noEnv(fs, f.names()...)
	cmd.Flags().Lookup("jobs").Annotations = nil
	for _, name := range []string{"rpm", "tpm", "unordered"} {
		cmd.Flags().Lookup(name).Annotations = nil
	}
}

func (f *recordFlags) names() []string {
	return []string{
		"input", "lines", "map", "output", "resume", "retry-failed", "force", "unordered", "text", "jobs", "rpm", "tpm",
		"fail-fast", "max-errors", "max-cost", "shard",
	}
}

// given is a flag of these that the command line has; empty where it has none.
func (f *recordFlags) given(cmd *cobra.Command) string {
	for _, name := range f.names() {
		if cmd.Flags().Changed(name) {
			return name
		}
	}
	return ""
}

// check refuses flags that don't go together.
func (f *recordFlags) check(e *env, cmd *cobra.Command, out *outputFlags) error {
	changed := cmd.Flags().Changed
	for _, pair := range [][2]string{{"resume", "text"}, {"text", "jq"}, {"text", "json"}} {
		if changed(pair[0]) && changed(pair[1]) {
			return usage("", "--%s and --%s don't go together", pair[0], pair[1])
		}
	}
	for name, hint := range map[string]string{
		"curl": "--dry-run shows the requests", "usage": "each result holds its usage", "reasoning": "each result holds its whole response",
	} {
		if changed(name) {
			return usage(hint, "--%s does not go with -i", name)
		}
	}
	if changed("extract") && !f.text {
		return usage("--text prints texts", "--extract goes with --text, as each result holds its whole response")
	}
	if f.resume && f.force {
		return usage("", "--resume and --force don't go together")
	}
	if err := f.checkFile(changed); err != nil {
		return err
	}
	if f.resume && out.jq != "" {
		return usage("--json prints them", "--resume goes with whole results only, not with %s", e.called("jq"))
	}
	if f.resume && out.null {
		return usage("", "--resume goes with whole results only, not with %s", e.called("null"))
	}
	if f.resume && f.in == "-" {
		return usage("write it to a file first", "--resume reads the requests twice, and standard input can be read only once")
	}
	return nil
}

// checkFile refuses what says how to treat a file of results where there is none.
func (f *recordFlags) checkFile(changed func(name string) bool) error {
	if changed("output") && (f.out == "" || f.out == "-") {
		return usage("without -o results go to stdout", "--output %q: must name a file", f.out)
	}
	for _, need := range [][3]string{{"resume", "output", "-o FILE"}, {"force", "output", "-o FILE"}, {"retry-failed", "resume", "--resume"}} {
		if changed(need[0]) && !changed(need[1]) {
			return usage("", "--%s goes with %s", need[0], need[2])
		}
	}
	return nil
}

// maxJobs is as many as there are ports to connect from.
const maxJobs = 1 << 16

// jobs is a flag for a number from 1 to maxJobs.
func jobs(into *int, standard int) *value {
	*into = standard
	return &value{kind: "number", text: strconv.Itoa(standard), set: func(s string) error {
		n, err := strconv.Atoi(s)
		if err != nil || n < 1 || n > maxJobs {
			return fmt.Errorf("must be a whole number from 1 to %d", maxJobs)
		}
		*into = n
		return nil
	}}
}

func atLeastZero(into *int) *value {
	return &value{kind: "number", set: func(s string) error {
		n, err := strconv.Atoi(s)
		if err != nil || n < 0 {
			return errors.New("must be a whole number from 0")
		}
		*into = n
		return nil
	}}
}

func perMinute(into *float64) *value {
	return &value{kind: "number", set: func(s string) error {
		n, err := strconv.ParseFloat(s, 64)
		if err != nil || !(n > 0) || n > 1e12 {
			return errors.New("must be a number over 0")
		}
		*into = n
		return nil
	}}
}

// ticksPerUSD is the unit in which the API tells costs.
const ticksPerUSD = 10_000_000_000

// dollars is a flag for a sum of money, kept exactly.
func dollars(ticks *int64) *value {
	return &value{kind: "USD", set: func(s string) error {
		sum, ok := new(big.Rat).SetString(strings.TrimPrefix(s, "$"))
		if !ok || sum.Sign() <= 0 {
			return errors.New("must be a number of dollars over 0")
		}
		sum.Mul(sum, big.NewRat(ticksPerUSD, 1))
		if !sum.IsInt() || !sum.Num().IsInt64() {
			return errors.New("must have no more than 10 decimals")
		}
		*ticks = sum.Num().Int64()
		return nil
	}}
}

func shard(k, n *int64) *value {
	return &value{kind: "K/N", set: func(s string) error {
		var tail string
		if got, _ := fmt.Sscanf(s, "%d/%d%s", k, n, &tail); got != 2 || *k < 1 || *k > *n {
			return errors.New("must be K/N, with K from 1 to N")
		}
		return nil
	}}
}
