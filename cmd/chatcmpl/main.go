// Chatcmpl is a scriptable command-line tool for xAI's Chat Completions API and every server with the same wire format.
package main

import (
	"os"

	"github.com/chatcmpl/chatcmpl/internal/cli"
)

//go:generate go run ../../internal/gen

func main() { os.Exit(cli.Main()) }
