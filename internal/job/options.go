// Package job sends the records of one file and makes what the user asked for of their results.
package job

import (
	"math/big"

	"github.com/chatcmpl/chatcmpl/internal/accept"
	"github.com/chatcmpl/chatcmpl/internal/batch"
	"github.com/chatcmpl/chatcmpl/internal/connect"
	"github.com/chatcmpl/chatcmpl/internal/conversation"
	"github.com/chatcmpl/chatcmpl/internal/input"
	"github.com/chatcmpl/chatcmpl/internal/render"
	"github.com/chatcmpl/chatcmpl/internal/rows"
)

// Options describes a batch over a file of records.
type Options struct {
	Connect connect.Options
	// Parts describes the messages before each record and the pictures that are added to it. Send sets its Events.
	Parts   input.Spec
	Request conversation.RequestOptions
	Accept  accept.Options
	// RetriesByFlag is as in conversation.Options.
	RetriesByFlag bool

	// Input names the file of records; "-" is stdin. Lines treats each line as a prompt. Map transforms JSON into
	// records; nil for none. Shard and Shards are as in input.Records.
	Input         string
	Lines         bool
	Map           *render.Filter
	Shard, Shards int64

	// Rows is the format of the table that the input is; 0 for records. ID is the column of the custom_id, Columns and
	// Delimiter are those of rows.Options. Limit ends the input after so many records; 0 is no limit.
	Rows      rows.Format
	ID        string
	Columns   []string
	Delimiter rune
	Limit     int64
	// Table describes the table that the results become.
	Table TableOptions
	// Expect judges each result, and Pass is the share of them that must be as expected; nil for none.
	Expect *render.Filter
	Pass   *big.Rat

	// Output names the file that results are appended to. If it is empty, results are printed to stdout; Unordered
	// prints them as they arrive. Resume continues an existing file, with RetryFailed including records that failed
	// permanently; Force overwrites it.
	Output                     string
	Resume, RetryFailed, Force bool
	Unordered                  bool
	// AcceptFailed makes the run succeed although records have failed for good.
	AcceptFailed bool
	// Text prints the texts of replies. Filter transforms each result; nil for none. Null ends each by NUL.
	Text   bool
	Filter *render.Filter
	Null   bool

	// Jobs is the number of concurrent requests. RPM and TPM limit requests and tokens per minute; 0 is no limit.
	Jobs     int
	RPM, TPM float64
	// MaxFailed and MaxTicks are as in Config.
	MaxFailed int
	MaxTicks  int64

	// Delivery gets the results by other means than a request for each record; nil for none.
	Delivery batch.Delivery

	// DryRun prints the requests instead of sending them.
	DryRun bool
	// ResumeCommand is the command that resumes this run.
	ResumeCommand string
	// Graceful registers signal handlers: first is called at the first signal, which only ends ctx, and second at the
	// next, which ends the process. The caller calls end after the run; from then on a signal ends the process
	// immediately.
	Graceful func(first, second func()) (end func())
}

// TableOptions describe the table that results become.
type TableOptions struct {
	// Format is CSV or TSV; 0 for no table.
	Format rows.Format
	// Prefix stands before the name of each column that is added to those of the rows.
	Prefix string
	// Safe keeps a spreadsheet from running cells.
	Safe bool
}

// wholeResults reports whether results are written unchanged, so that the run can be resumed.
func (o *Options) wholeResults() bool {
	return !o.Text && o.Filter == nil && !o.Null && !o.printsTable()
}

// printsTable reports whether a table is printed to stdout.
func (o *Options) printsTable() bool { return o.Table.Format != 0 && o.Output == "" }
