package option

import "slices"

// Table returns every option, those of all commands first. The order is that of help and of `config`.
func Table() []Option {
	return slices.Concat(connection(), messages(), request(), reply(), records(), tables(), serving(), programs(), showing())
}

// connection returns the options for the endpoint, the connection, and messages to the user.
func connection() []Option {
	rows := []Option{
		{Name: "profile", Arg: "name", Group: Endpoint, Type: Text, Commands: Connecting | Serve | Programs, Help: "a profile of the config file, by its name"},
		{
			Name: "base-url", Arg: "URL", Group: Endpoint, Type: URL, Commands: Connecting | Record, Secret: URLSecret, Default: "https://api.x.ai/v1",
			Help: "the API's URL, or offline: for the embedded endpoint",
		},
		{
			Name: "offline", Group: Testing, Type: Switch, Commands: Connecting | Serve, Conflicts: []Conflict{{With: "base-url", GivesWay: true, Tie: This}},
			Help: "answer from the embedded endpoint: no key, no network",
		},
		{
			Name: "replies", Arg: "file", Group: Testing, Type: File, Once: true, Commands: Connecting | Serve, Extensions: []string{"jsonl"},
			Help: "a JSONL file of rules that script what the embedded endpoint answers",
		},
		{
			Name: "record", Arg: "file", Group: Testing, Type: Kept, Once: true, Commands: Connecting | Serve, Extensions: []string{"jsonl"},
			Conflicts: []Conflict{{With: "replay", GivesWay: true}, {With: "cache", GivesWay: true}},
			Help:      "add each exchange to a file; keys are never in it",
		},
		{
			Name: "replay", Arg: "file", Group: Testing, Type: Kept, Once: true, Commands: Connecting | Serve, Extensions: []string{"jsonl"},
			Conflicts: []Conflict{{With: "cache", GivesWay: true}},
			Help:      "answer from a file that --record made: no key, no network",
		},
		{
			Name: "cache", Arg: "file", Group: Testing, Type: Kept, Once: true, Commands: Connecting | Serve, Extensions: []string{"jsonl"},
			Help: "answer from a file what it has a good reply to, and add the good replies it hasn't",
		},
		{
			Name: "header", Short: "H", Arg: "header", Group: Connection, Type: Header, Commands: Connecting, Most: many, OneServer: SecretsOnly, Secret: HeaderLine,
			Help: "a header 'K: v' to send, or @FILE with one a line; may repeat",
		},
		{Name: "timeout", Arg: "duration", Group: Connection, Type: Duration, Commands: Connecting, Default: "1h", Help: "for everything, all attempts together; 0 is none"},
		{Name: "connect-timeout", Arg: "duration", Group: Connection, Type: Duration, Commands: Connecting | Forwarding | Record, Default: "10s", Help: "for the connection; 0 is none"},
		{Name: "idle-timeout", Arg: "duration", Group: Connection, Type: Duration, Commands: Connecting, Default: "10m", Help: "for silence inside a reply; 0 is none"},
		{
			Name: "retries", Arg: "int", Group: Connection, Type: Integer, Commands: Connecting, Range: counted(), Default: "4",
			Help: "attempts after the first one failed in a way that may pass; 8 with batch -i",
		},
		{Name: "cacert", Arg: "file", Group: Connection, Type: File, Commands: Connecting | Forwarding | Record, Extensions: []string{"pem", "crt"}, Help: "a file of certificates to trust besides the system's"},
		{
			Name: "client-cert", Arg: "file", Group: Connection, Type: File, Commands: Connecting | Forwarding, Extensions: []string{"pem", "crt"}, OneServer: WholeValue,
			Help: "a file with a certificate to show to the server, and perhaps its key",
		},
		{
			Name: "client-key", Arg: "file", Group: Connection, Type: File, Commands: Connecting | Forwarding, Extensions: []string{"pem", "key"}, OneServer: WholeValue,
			Help: "a file with the private key of --client-cert",
		},
		{Name: "proxy", Arg: "URL", Group: Connection, Type: URL, Commands: Connecting | Forwarding | Record, Secret: URLSecret, Help: "the proxy's URL (http, https, socks5), for every host, in place of the environment's"},
		{
			Name: "api-key-file", Arg: "file", Group: Endpoint, Type: File, Commands: Connecting | Serve, OneServer: WholeValue,
			Conflicts: []Conflict{{With: "api-key-command", GivesWay: true, Tie: This}},
			Help:      "a file that holds the key",
		},
		{
			Name: "api-key-command", Arg: "command", Group: Endpoint, Type: Text, Commands: Connecting | Serve, OneServer: WholeValue, Secret: FirstWord,
			Help: "a shell command that prints the key",
		},
		{Name: "allow-http-key", Group: Connection, Type: Switch, Commands: Connecting | Forwarding, OneServer: WholeValue, Help: "send the key over plain http to another machine"},
		{Name: "verbose", Short: "v", Group: Notes, Type: Switch, Commands: Connecting | Serve | Programs, Help: "show the headers of requests and responses and all retries on stderr"},
		{Name: "quiet", Group: Notes, Type: Switch, Commands: Connecting | Serve | Programs, Help: "print no notes to stderr"},
		{
			Name: "error-format", Arg: "form", Group: Notes, Type: Word, Words: []string{"text", "json"}, Commands: Connecting | Serve | Programs, Default: "text",
			Help: "how errors are printed to stderr: text or json",
		},
	}
	for i := range rows {
		rows[i].Global = true
	}
	return rows
}

// serving returns the options of `serve`, except the settings of the endpoint.
func serving() []Option {
	return []Option{
		{Name: "addr", Arg: "address", Group: Endpoint, Type: Text, Commands: Serve, Default: "127.0.0.1:8080", Help: "the address to listen on; port 0 takes any free one"},
		{
			Name: "upstream", Arg: "URL", Group: Endpoint, Type: URL, Commands: Serve, Once: true, Source: CommandLine, Secret: URLSecret,
			Conflicts: []Conflict{
				{With: "replay", GivesWay: true, Hint: "--cache answers what its file has, and asks the rest"},
				{With: "offline", GivesWay: true},
				{With: "replies", GivesWay: true, Hint: "they are for the embedded endpoint"},
				{With: "require-key", Hint: "the upstream judges the key"},
			},
			Help: "forward requests to this API, as they are, in place of answering them; with --record or --cache, keep the exchanges",
		},
		{
			Name: "log-format", Arg: "form", Group: Notes, Type: Word, Words: []string{"text", "json"}, Commands: Serve,
			Help: "how requests are logged: text or json",
		},
		{Name: "allow-remote", Group: Connection, Type: Switch, Commands: Serve, Help: "listen on an address that other machines can reach"},
		{Name: "require-key", Group: Connection, Type: Switch, Commands: Serve, Help: "refuse requests without the key of CHATCMPL_API_KEY, --api-key-file or --api-key-command"},
	}
}

// programs holds what commands take that run another program.
func programs() []Option {
	rows := []Option{
		{
			Name: "append", Group: Testing, Type: Switch, Commands: Record, Conflicts: []Conflict{{With: "force"}},
			Help: "add to a FILE that exists",
		},
		{Name: "force", Group: Testing, Type: Switch, Commands: Record, Help: "replace a FILE that exists, once the command has succeeded"},
		{Name: "strict", Group: Testing, Type: Switch, Commands: Replay, Help: "fail where the command asks for other exchanges than were recorded, or not for all"},
	}
	for i := range rows {
		rows[i].Source = CommandLine
	}
	return rows
}

// showing returns the options of commands that print facts about chatcmpl, not a reply.
func showing() []Option {
	return []Option{
		{Name: "json", Group: Output, Type: Switch, Commands: Config | Version, Source: CommandLine, Conflicts: []Conflict{{With: "jq"}}, Help: "print it as JSON, on one line"},
		{Name: "jq", Short: "q", Arg: "filter", Group: Output, Type: Filter, Once: true, Commands: Config, Source: CommandLine, Help: "print what a jq filter makes of that JSON"},
		{Name: "null", Short: "0", Group: Output, Type: Switch, Commands: Config, Source: CommandLine, Help: "end each value by NUL in place of a newline"},
	}
}
