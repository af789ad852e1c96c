package job

import (
	"os"
	"sync"
	"sync/atomic"

	"github.com/chatcmpl/chatcmpl/internal/accept"
	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/batch"
	"github.com/chatcmpl/chatcmpl/internal/connect"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/conversation"
	"github.com/chatcmpl/chatcmpl/internal/input"
	"github.com/chatcmpl/chatcmpl/internal/results"
	"github.com/chatcmpl/chatcmpl/internal/rows"
)

// job is one run over a file of records.
type job struct {
	*Options

	con      *console.Console
	cfg      *batch.Config
	in       *os.File
	parts    *input.Parts    // nil where the input is a table
	rowParts *input.RowParts // nil where it is none
	rules    *accept.Rules
	endpoint *connect.Endpoint
	template *conversation.Template
	sender   *batch.Sender
	table    *tabular   // nil where results become no table
	file     *tableFile // nil where no table is written to a file
	out      *results.File
	progress progress
	noted    sync.Map       // kinds of failures whose first record has been noted
	replaced atomic.Int64   // invalid UTF-8 bytes of the input
	writes   console.Writes // to an output that is not a regular file
}

// checkFlags returns an error if the flags alone make every request impossible.
func (j *job) checkFlags() error {
	var conv input.Conversation
	if j.rowParts != nil {
		conv = j.rowParts.Same()
	} else {
		conv = j.parts.Prompt(nil, "", nil)
	}
	if err := j.template.CheckFlags(&conv, j.RetriesByFlag); err != nil || j.Map != nil || !j.Lines {
		return err
	}
	// All prompts share the same fields, so an error in one request is in all.
	_, err := j.request(&input.Record{Prompt: new(string)})
	return err
}

// request builds the request of a record.
func (j *job) request(record *input.Record) (*api.Request, error) {
	if record.Row != nil {
		return j.rowRequest(record.Row)
	}
	if record.Prompt != nil {
		conv := j.parts.Prompt(record.System, *record.Prompt, record.Fields)
		return j.template.Request(&conv)
	}
	conv, err := j.parts.Messages(record.Messages, record.Fields)
	if err != nil {
		return nil, err
	}
	return j.template.Request(&conv)
}

// rowRequest builds the request of a row.
func (j *job) rowRequest(row *rows.Row) (*api.Request, error) {
	conv, err := j.rowParts.Conversation(row)
	if err != nil {
		return nil, err
	}
	filled, err := j.template.Fill(row)
	if err != nil {
		return nil, err
	}
	return filled.Request(&conv)
}

// noteFailure notes the first failure of each kind.
func (j *job) noteFailure(result *batch.Result) {
	if _, noted := j.noted.LoadOrStore(result.Failure.Kind, true); noted {
		return
	}
	j.con.Note("record %s (line %d): %s", result.CustomID, result.Line, result.Failure.Message)
	if result.Failure.Code == input.CodeNotJSON && j.Rows == 0 {
		j.con.Note("--lines takes plain lines as prompts; jq -c '.[]' makes a line of each element of an array")
	}
}

// rowInput implements Config.Input: the row, without secrets; nil for one that could not be read.
func (j *job) rowInput(record *input.Record) []byte {
	raw := record.Row.JSON()
	if raw == nil {
		return nil
	}
	return j.con.Redactor.JSON(raw)
}

// needsTexts reports whether more than the JSON of replies is needed.
func (j *job) needsTexts() bool {
	return j.Text || j.Filter != nil || j.Expect != nil || j.Table.Format != 0
}

func isRegular(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode().IsRegular()
}
