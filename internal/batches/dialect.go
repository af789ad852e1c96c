package batches

// dialect shows a batch and its results as a provider does. A provider rejects more or fewer files, too.
type dialect interface {
	// view returns a batch as a value that has a JSON form. The caller holds b.mu, as for unrun.
	view(b *batch) any
	// result returns the line of a record that was run.
	result(b *batch, r *record, reply *Reply) []byte
	// unrun returns the line of a record that was not run because the batch has ended; nil if it has none.
	unrun(b *batch, r *record) []byte
	// partsFailures reports whether results come in files when the batch has ended, with those of failed records in a
	// file of their own.
	partsFailures() bool
	// checksModels reports whether a record of a model that can't be batched rejects the file.
	checksModels() bool
}
