package input

import (
	"github.com/chatcmpl/chatcmpl/internal/failure"
	"github.com/chatcmpl/chatcmpl/internal/rows"
)

// refuseUTF16 returns an error for text in UTF-16, which --lossy can't save either.
func refuseUTF16(name string, text []byte) error {
	if encoding := rows.UTF16(text); encoding != "" {
		return failure.BadUsage(rows.UTF16Hint(encoding), "%s is UTF-16, not UTF-8 text", name)
	}
	return nil
}
