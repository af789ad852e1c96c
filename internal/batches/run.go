package batches

import (
	"context"
	"errors"
	"math/rand/v2"
	"net/http"
	"time"
)

// runner runs one batch.
type runner struct {
	*batch

	service *Service
	answer  func(body []byte) Reply
	left    []record // that were not run, in the order in which they will be
}

// start lets a batch run until it ends or the service is closed.
func (s *Service) start(b *batch) {
	s.running.Go(func() {
		r := &runner{batch: b, service: s, answer: s.options.Answerer(s.ctx, b.settings)}
		r.run(s.ctx)
	})
}

// run takes the batch through its stages. Validation takes the first tenth of its time. Making files takes the last tenth, if
// its dialect has them.
func (r *runner) run(ctx context.Context) {
	how, err := r.process(ctx)
	if errors.Is(err, errCancelled) {
		how, err = cancelled, sleep(ctx, r.tenth(), nil)
	}
	if err != nil || how == failed {
		return
	}
	r.end(how, r.left, r.keep)
}

// process runs the records and returns how that ends.
func (r *runner) process(ctx context.Context) (how status, err error) {
	problems := r.read()
	begin := r.created.Add(r.tenth())
	if err := r.until(ctx, begin); err != nil {
		return "", err
	}
	if problems != nil {
		r.fail(problems)
		return failed, nil
	}
	r.begin(len(r.left))
	total, span := len(r.left), r.span()
	for n := 1; len(r.left) > 0; n++ {
		due := begin.Add(time.Duration(float64(span) * float64(n) / float64(total)))
		if err := r.until(ctx, due); err != nil {
			return "", err
		}
		if r.settings.BatchExpire >= 0 && n > r.settings.BatchExpire {
			return expired, nil
		}
		r.runRecord()
	}
	r.finalize()
	return completed, r.until(ctx, r.created.Add(r.settings.BatchLatency))
}

// read reads the records into the order in which they are run, or returns why the file is rejected.
func (r *runner) read() []problem {
	if words := r.settings.BatchReject; words != "" {
		return []problem{newProblem(0, "invalid_request", "", "%s", words)}
	}
	reader := recordReader{limits: r.service.limits}
	if r.dialect.checksModels() {
		reader.supports = r.service.options.Supports
	}
	reader.read(r.input)
	if reader.problems != nil {
		return reader.problems
	}
	r.left = reader.records
	random := rand.New(rand.NewPCG(r.settings.Seed, 1)) //nolint:gosec // it must be repeatable, not secret
	random.Shuffle(len(r.left), func(i, j int) { r.left[i], r.left[j] = r.left[j], r.left[i] })
	return nil
}

func (r *runner) tenth() time.Duration { return r.settings.BatchLatency / 10 }

// span returns the time in which the records are run.
func (r *runner) span() time.Duration {
	if r.dialect.separatesFailures() {
		return r.settings.BatchLatency - 2*r.tenth()
	}
	return r.settings.BatchLatency - r.tenth()
}

// runRecord runs the next record.
func (r *runner) runRecord() {
	next := r.left[0]
	reply := r.reply(&next)
	line := r.dialect.result(r.batch, &next, &reply)
	if !r.service.space.take(int64(len(line))) {
		reply = failure(http.StatusInsufficientStorage, "There is no more room for results.")
		line = r.dialect.result(r.batch, &next, &reply)
	}
	if ran := r.service.options.Ran; ran != nil {
		ran(Run{r.id, next.customID, reply.Status, reply.CostTicks})
	}
	r.left = r.left[1:]
	r.add(line, &reply)
}

// reply answers a record, or fails it if that is set. Which ones fail depends on the order in the file.
func (r *runner) reply(next *record) Reply {
	if every := r.settings.BatchFail; every > 0 && next.nth%every == 0 {
		return failure(http.StatusInternalServerError, "The record failed on demand.")
	}
	return r.answer(next.body(r.input))
}

func failure(status int, text string) Reply {
	return Reply{Status: status, Body: encode(xaiError{"internal", text})}
}

// keep makes a file of results and returns its id; empty if there are no results.
func (r *runner) keep(kind string, of *lines) (id string) {
	if len(of.ends) == 0 {
		return ""
	}
	name := r.id + "_" + kind
	f := newFile("file_"+name, name+".jsonl", "batch_output", &of.text)
	r.service.files.add(f.ID, f)
	return f.ID
}

// errCancelled reports that a client cancels the batch.
var errCancelled = errors.New("the batch is being cancelled")

// until waits for a time. It returns errCancelled if the batch is cancelled before, and ctx's error if ctx ends.
func (r *runner) until(ctx context.Context, at time.Time) error {
	wait := time.Until(at)
	if wait > 0 {
		return sleep(ctx, wait, r.stop)
	}
	select {
	case <-r.stop:
		return errCancelled
	default:
		return ctx.Err()
	}
}

// sleep waits for a time. It ends early with errCancelled if stop is closed, and with ctx's error if ctx ends.
func sleep(ctx context.Context, wait time.Duration, stop <-chan struct{}) error {
	timer := time.NewTimer(wait)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-stop:
		return errCancelled
	case <-ctx.Done():
		return ctx.Err()
	}
}
