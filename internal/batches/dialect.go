package batches

// dialect shows a batch and its results as a provider does. It also decides which files are rejected.
type dialect interface {
	// view returns a batch as a value that has a JSON form. The caller holds b.mu, as for notRun.
	view(b *batch) any
	// result returns the line of a record that was run.
	result(b *batch, r *record, reply *Reply) []byte
	// notRun returns the line of a record that was not run because the batch has ended; nil if it has none.
	notRun(b *batch, r *record) []byte
	// separatesFailures reports whether results are in files once the batch has ended, those of failed records in a
	// separate one.
	separatesFailures() bool
	// checksModels reports whether a record rejects the file if its model is not supported in batches.
	checksModels() bool
}
