// Chatcmpl is chat completions in a pipe: a scriptable command-line tool for xAI's Chat
// Completions API and every server that speaks its wire format.
package main

import (
	"os"

	"github.com/chatcmpl/chatcmpl/internal/cli"
)

//go:generate go run ../../internal/gen

func main() { os.Exit(cli.Main()) }
