package batch

import (
	"github.com/chatcmpl/chatcmpl/internal/accept"
	"github.com/chatcmpl/chatcmpl/internal/connect"
	"github.com/chatcmpl/chatcmpl/internal/conversation"
	"github.com/chatcmpl/chatcmpl/internal/input"
	"github.com/chatcmpl/chatcmpl/internal/render"
)

// Options describe a batch over a file of records.
type Options struct {
	Connect connect.Options
	// Parts says what goes before each record, and the pictures that join it. Its events are set here.
	Parts   input.Spec
	Request conversation.RequestOptions
	Accept  accept.Options
	// RetriesByFlag is that of conversation.Options.
	RetriesByFlag bool

	// Input names the file of records; "-" is stdin. Lines reads each line as a prompt; Map makes a record of any JSON, nil
	// for none. Shard and Shards are those of input.Records.
	Input         string
	Lines         bool
	Map           *render.Filter
	Shard, Shards int64

	// Output names the file that results are appended to; empty prints them to stdout, Unordered as they come. Resume goes on
	// with the file, with RetryFailed also where a record failed for good; Force overwrites it.
	Output                     string
	Resume, RetryFailed, Force bool
	Unordered                  bool
	// AcceptFailed is that of Config.
	AcceptFailed bool
	// Text prints the replies' texts, Filter what it makes of each result; nil for none. Null ends each by NUL.
	Text   bool
	Filter *render.Filter
	Null   bool

	// Jobs is the number of requests at the same time; RPM and TPM bound requests and tokens a minute, 0 is no limit.
	Jobs     int
	RPM, TPM float64
	// MaxFailed and MaxTicks are those of Config.
	MaxFailed int
	MaxTicks  int64

	// DryRun prints the requests in place of sending them.
	DryRun bool
	// ResumeCommand is the command that goes on where this run ends early.
	ResumeCommand string
	// Graceful sets what is called at the first signal, which only ends ctx, and at the second, which ends the process. The
	// function that it returns is called when the run has ended: then a signal waits for nothing more.
	Graceful func(first, second func()) (end func())
}

// wholeResults reports whether results are written as they are, so that a run can be resumed.
func (o *Options) wholeResults() bool { return !o.Text && o.Filter == nil && !o.Null }
