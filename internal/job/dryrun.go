package job

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
	"sync/atomic"

	"github.com/chatcmpl/chatcmpl/internal/api"
	"github.com/chatcmpl/chatcmpl/internal/batch"
	"github.com/chatcmpl/chatcmpl/internal/console"
	"github.com/chatcmpl/chatcmpl/internal/results"
)

// dryRun prints the request of each record that is not done yet, and notes how many there are and how large. It runs
// the batch with requests in place of replies.
func (j *job) dryRun(ctx context.Context) error {
	if j.Resume {
		if err := j.resumeDryRun(ctx); err != nil {
			return err
		}
	}
	var count, size atomic.Int64
	j.cfg.Jobs, j.cfg.MaxFailed, j.cfg.MaxTicks, j.cfg.Failed, j.cfg.Judge = 1, -1, 0, nil, nil
	j.cfg.Sink = &stdout{j.con.Output(), true}
	j.cfg.Send = func(_ context.Context, req *api.Request) batch.Outcome {
		return batch.Outcome{Response: results.Response{Body: req.Doc().Bytes()}}
	}
	j.cfg.Format = func(_ context.Context, result *batch.Result) ([]byte, error) {
		if result.Failure != nil {
			j.con.Note("line %d: %s", result.Line, result.Failure.Message)
			return nil, nil
		}
		count.Add(1)
		size.Add(int64(len(result.Body)))
		// In JSON, newlines occur only between tokens.
		return []byte(strings.NewReplacer("\n", " ", "\r", " ").Replace(string(j.con.Redactor.JSON(result.Body))) + "\n"), nil
	}
	err := batch.Run(ctx, j.cfg, j.in)
	if ctx.Err() == nil {
		j.con.Note("%s of %d bytes in all; nothing is sent", console.Plural(int(count.Load()), "request"), size.Load())
	}
	return err
}

// resumeDryRun reads the output file without changing it.
func (j *job) resumeDryRun(ctx context.Context) error {
	f, err := os.Open(j.Output)
	if errors.Is(err, fs.ErrNotExist) {
		f, err = os.Open(os.DevNull)
	}
	if err != nil {
		return outputError(j.Output, err)
	}
	defer func() { _ = f.Close() }()
	return j.resume(ctx, func(again results.Again) (*results.Resume, error) { return results.Scan(f, again) })
}
