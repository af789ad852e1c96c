package topics

import "github.com/chatcmpl/chatcmpl/internal/help"

// continuousIntegration holds recipes for CI systems.
func continuousIntegration() []help.Block {
	return []help.Block{
		help.Paragraph(`In CI the exit code decides: 5 to 8 may pass another time, 10 and 11 are a verdict on the reply, the others need a
			person (chatcmpl help exit-codes). --error-format json prints the error as one JSON object on stderr.`),
		help.Heading("Fail a job on a verdict"),
		help.Paragraph("The reply must match the schema, or the exit code is 10. If the filter fails, the exit code is 11:"),
		help.Shell(`
git diff HEAD^ | chatcmpl chat 'May this be merged? Say why not.' \
  --schema 'ok:bool, why?:string' --jq '.choices[0].message.content
    | fromjson | if .ok then "merge it" else error(.why) end'`),
		help.Heading("GitHub Actions"),
		help.Paragraph("After actions/checkout with fetch-depth: 2:"),
		help.Code(githubRecipe),
		help.Heading("GitLab CI"),
		help.Paragraph("With an image that has chatcmpl:"),
		help.Code(gitlabRecipe),
		help.Heading("Jenkins"),
		help.Code(jenkinsRecipe),
		help.Heading("Without a key"),
		help.Paragraph(`Pull requests from forks have no secrets. Replay what was recorded, with no key and no network: set CHATCMPL_REPLAY
			to a file that --record made, or run the whole script under chatcmpl replay (chatcmpl help testing). An eval, which measures
			how many replies are right, is a test as well: batch --expect FILTER --pass 95% has exit code 10 if fewer replies are as expected (chatcmpl help tables).`),
		help.Shell(`
chatcmpl record review.jsonl -- sh review.sh > review.md
chatcmpl replay --strict review.jsonl -- sh review.sh > new.md &&
  diff review.md new.md`),
	}
}

const githubRecipe = `
- name: Review
  shell: bash
  env: {XAI_API_KEY: "${{ secrets.XAI_API_KEY }}"}
  run: |
    set -euo pipefail
    code=0
    git diff HEAD^ | chatcmpl chat --error-format json \
      'Name real bugs only.' >review.md 2>error.json || code=$?
    case $code in
      0) cat review.md >>"$GITHUB_STEP_SUMMARY" ;;
      5|6|7|8) echo "::warning::no review: $(jq -r .message error.json)" ;;
      *) cat error.json >&2; exit "$code" ;;
    esac`

const gitlabRecipe = `
review:
  retry: {max: 2, exit_codes: [5, 6, 7, 8]}
  allow_failure: {exit_codes: [10]}
  script:
    - set -euo pipefail
    - git diff HEAD^ | chatcmpl chat 'Name real bugs only.' >review.md`

const jenkinsRecipe = `
withCredentials([string(credentialsId: 'xai', variable: 'XAI_API_KEY')]) {
  int code = sh returnStatus: true, script: '''#!/usr/bin/env bash
    set -euo pipefail
    git diff HEAD^ | chatcmpl chat 'Name real bugs only.' >review.md'''
  if (code in [5, 6, 7, 8]) { unstable "no review: exit code ${code}" }
  else if (code != 0) { error "review: exit code ${code}" }
}`
