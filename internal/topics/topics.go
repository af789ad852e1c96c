package topics

import "github.com/chatcmpl/chatcmpl/internal/help"

// Topic is a page of help that belongs to no command.
type Topic struct {
	// Name is the word after help.
	Name string
	// Short describes the page in one line.
	Short string
	page  func() []help.Block
}

// All returns the topics in the order in which help lists them. The topic config is the page of the command config.
func All() []Topic {
	return []Topic{
		{"formats", "what is sent and printed: messages, pictures, schemas, tools", formats},
		{"bulk", "many conversations: records, results, resuming, pace", bulk},
		{"tables", "CSV, TSV and JSONL rows in, tables out, and evals", rowsAndTables},
		{"offline", "the embedded endpoint, fault injection, and recorded exchanges", embedded},
		{"testing", "tests of scripts and programs that use a model", testing},
		{"ci", "recipes for GitHub Actions, GitLab CI and Jenkins", continuousIntegration},
		{"servers", "other servers, keys, time limits, proxies, curl", servers},
		{"exit-codes", "what each exit code means, and when to try again", exitCodes},
		{"environment", "the environment variables", environment},
	}
}
