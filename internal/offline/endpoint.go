package offline

import (
	"net/url"

	"github.com/chatcmpl/chatcmpl/internal/batches"
	"github.com/chatcmpl/chatcmpl/internal/faults"
)

// maxBody bounds a request's body. It has room for some twenty pictures of the largest size, in base64.
const maxBody = 512 << 20

// Endpoint serves POST /v1/chat/completions, GET /v1/chat/deferred-completion/{id}, GET /v1/models and GET
// /v1/models/{id}, the routes of package batches, and HEAD where it serves GET. It ignores host and scheme, and the
// Authorization header unless a key is set. Another route is a 404, another method a 405, a body that is empty or not declared as JSON a 415, and a body over
// 512 MiB a 413. No request makes it panic, except with http.ErrAbortHandler if the connection is to be cut or the client
// has gone.
//
// The model echo, and every name that begins with "grok-", repeats the text of the last user message; lorem writes
// words. If a request has tools, the reply calls those that this text names, and if the request ends with tool
// messages, the reply repeats them. The id of a reply and the X-Request-Id header are the two halves of the body's
// SHA-256 (or, if no body was read, the header has that of method and path); from the second request on, equal requests
// get others, which follow from it. created is always 2026-01-01T00:00:00Z. A token is a word with the white space before
// it, a picture counts as 256 tokens, and the cost follows from pretended prices.
//
// A response names the settings that were given but can't apply to it in the header X-Chatcmpl-Not-Applied. What turns
// out only at the end of a stream is added to the header map then, for a handler around this one.
type Endpoint struct {
	maxBody     int64
	key         string
	replies     *Replies
	models      catalog
	sessions    faults.Sessions
	occurrences occurrences
	deferred    deferredReplies
	batches     *batches.Service
	routes      []apiRoute
}

// Options configures an endpoint.
type Options struct {
	// Settings apply to all requests whose query does not set them. They must have passed faults.Read.
	Settings url.Values
	// Key is the key that requests need unless the setting key names another; empty for none.
	Key string
	// Replies are tried before the models; nil for none.
	Replies *Replies
	// Ran is told of each record that a batch has run; nil for nobody.
	Ran func(batches.Run)
}
