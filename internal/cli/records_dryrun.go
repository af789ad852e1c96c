package cli

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
	"sync/atomic"

	"github.com/chatcmpl/chatcmpl/internal/batch"
)

// dryRun prints the request of each record that is left to be sent, and on stderr how many
// and how large they are: a run whose replies are the requests.
func (r *records) dryRun(ctx context.Context, cfg *batch.Config, in *os.File) (err error) {
	if r.flags.resume {
		if cfg.Resume, err = r.past(ctx, cfg, in); err != nil {
			return err
		}
	}
	var count, size atomic.Int64
	cfg.Jobs, cfg.MaxFailed, cfg.MaxTicks = 1, -1, 0
	cfg.Sink = &stdoutSink{r.env, true}
	cfg.Prepare = func(item *batch.Item) (batch.Request, error) {
		req, err := r.make(item)
		if err == nil {
			req.Send = func(context.Context) batch.Outcome { return batch.Outcome{Body: req.Doc.Bytes()} }
		}
		return req, err
	}
	cfg.Format = func(_ context.Context, result *batch.Result) ([]byte, error) {
		if result.Failure != nil {
			r.env.note("line %d: %s", result.Line, result.Failure.Message)
			return nil, result.Failure
		}
		count.Add(1)
		size.Add(int64(len(result.Body)))
		// A newline in JSON stands between tokens only.
		line := strings.NewReplacer("\n", " ", "\r", " ").Replace(string(r.env.redact.Bytes(result.Body)))
		return []byte(line + "\n"), nil
	}
	err = batch.Run(ctx, cfg, in)
	r.env.note("%s of %d bytes in all; nothing is sent", plural(int(count.Load()), "request"), size.Load())
	return err
}

// past is what the file of -o holds, which stays as it is.
func (r *records) past(ctx context.Context, cfg *batch.Config, in *os.File) (*batch.Resume, error) {
	f, err := os.Open(r.flags.out)
	if errors.Is(err, fs.ErrNotExist) {
		f, err = os.Open(os.DevNull)
	}
	if err != nil {
		return nil, refused(r.flags.out, err)
	}
	defer func() { _ = f.Close() }()
	return r.check(ctx, cfg, func(retryFailed bool) (*batch.Resume, error) { return batch.Scan(f, retryFailed) }, in)
}
