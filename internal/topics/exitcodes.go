package topics

import (
	"fmt"

	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/help"
)

func exitCodes() []help.Block {
	return []help.Block{
		help.Paragraph("A script can tell from the exit code what happened and whether trying again can help."),
		ExitTable(),
		help.Paragraph(`With exit code 10 the reply is printed, and the hint names the --accept option that accepts it. With code 2 nothing
			was sent.`),
		help.Paragraph(`With --error-format json the error is one JSON object on stderr, with kind, message, exit_code, status, code,
			request_id, retryable and, if the server named a wait, retry_after; no notes are printed then.`),
		help.Paragraph(`chatcmpl itself retries failures that may pass, by default 4 times (--retries). A loop around it is for longer
			outages, and tries again only where that can help:`),
		help.Shell(retryRecipe),
		help.Paragraph(`In a pipe, the shell reports the last command only: set -o pipefail in bash and zsh reports chatcmpl's failure too.`),
	}
}

const retryRecipe = `
for wait in 0 60 300 900; do
  sleep "$wait"
  code=0
  reply=$(chatcmpl chat -I "Hello") || code=$?
  case $code in
    5|6|7|8) ;;
    *) break ;;
  esac
done
[ "$code" -eq 0 ] || exit "$code"
printf '%s\n' "$reply"`

// ExitTable returns the exit codes as a table.
func ExitTable() help.Block {
	rows := [][]string{{"code", "meaning", "worth a retry"}}
	for _, code := range failure.Codes() {
		rows = append(rows, []string{codeName(code), code.Meaning, code.Retry})
	}
	return help.Table(rows...)
}

// ExitCodes returns the exit codes as a list.
func ExitCodes() help.Block {
	var rows [][]string
	for _, code := range failure.Codes() {
		rows = append(rows, []string{codeName(code), code.Meaning})
	}
	return help.List(rows...)
}

func codeName(code failure.Code) string {
	if code.Number < 0 {
		return "signal"
	}
	return fmt.Sprint(code.Number)
}
