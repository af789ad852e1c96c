package queue

import (
	"time"

	"github.com/chatcmpl/chatcmpl/internal/batch"
	"github.com/chatcmpl/chatcmpl/internal/batchapi"
)

// run is a run of a Queue.
type run struct {
	*Queue
	*batch.DeliveryRun

	api      batchapi.Client
	limits   batchapi.Limits
	poll     time.Duration // the first interval between two calls for the state of a batch
	progress progress
	// alone holds the lines of records that are sent one by one after all.
	alone map[int64]bool
	// resending leaves the records that failed in a way that may pass to be sent one by one.
	resending bool
	// ending leaves what is not submitted as it is, because what is submitted is canceled.
	ending bool
	// missing counts the records that have no result, and no line that says so.
	missing int64
	// stopped is the reason why some parts are not submitted any more; empty if all are.
	stopped string
	// costUnknown reports that the server gave no cost of a batch.
	costUnknown bool
	// rejections are the errors of what the provider rejected.
	rejections []error
	// unclosed is the error of an input that ends inside a quote; nil if it does not.
	unclosed error
}

// maxWords limits the length of words of a provider in a note.
const maxWords = 300

// show shows the progress until done is called.
func (r *run) show() (done func()) { return r.Console.Progress(r.progress.bar, r.progress.lines) }
