package cli

import (
	"fmt"
	"strings"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/job"
	"github.com/chatcmpl/chatcmpl/internal/option"
	"github.com/chatcmpl/chatcmpl/internal/queue"
	"github.com/chatcmpl/chatcmpl/internal/settings"
)

// openQueue opens the queue through which a batch goes; nil if each of its records is a request.
func (p *program) openQueue(v *settings.Values, o *job.Options) (*queue.Queue, error) {
	if o.DryRun {
		return nil, nil //nolint:nilnil // most batches go without a queue
	}
	opened, err := queue.Open(&queue.Options{
		Asked: v.On("batch-api"), API: strings.TrimPrefix(v.Text("batch-api"), option.BatchAPIAuto), Input: o.Input, Output: o.Output,
		Resume: o.Resume, Cancel: v.On("cancel"), Detach: v.On("detach"), Deadline: v.Duration("deadline"), Size: v.Int("batch-size", 0),
		Poll: v.Duration("poll-interval"), BatchID: v.Text("batch-id"),
		Offline: v.On("offline") || strings.HasPrefix(v.Text("base-url"), "offline:"), InSession: o.Connect.Session != "",
	})
	if opened == nil || err != nil {
		return nil, err
	}
	// The queue of an earlier run is used without --batch-api too.
	if c := conflictOf(v, "batch-api"); c != nil {
		opened.Close()
		return nil, failure.BadUsage(c.Hint, "%s", fmt.Sprintf(c.Words, v.Called(c.With)))
	}
	return opened, nil
}

// conflictOf returns the first conflict of an option with a flag that is on; nil if there is none.
func conflictOf(v *settings.Values, name string) *option.Conflict {
	for _, c := range option.Find(v.Options(), name).Conflicts {
		if v.ByFlag(c.With) && v.On(c.With) {
			return &c
		}
	}
	return nil
}
