package option

import "slices"

// Table returns every option, those of all commands first. The order is that of help and of `config`.
func Table() []Option {
	return slices.Concat(global(), messages(), request(), reply(), records(), tables(), batchAPI(), serving(), programs(), showing())
}

// global returns the options of every command.
func global() []Option {
	rows := slices.Concat(endpoint(), connection(), notes())
	for i := range rows {
		rows[i].Global = true
	}
	return rows
}

// endpoint returns the options for the server that answers, or for a file or the embedded endpoint in its place.
func endpoint() []Option {
	return []Option{
		{
			Name: "profile", Arg: "name", Group: Connection, Type: Text, Commands: Connecting | Serve | Programs,
			Help: "use this profile of the config file", Common: Conversations | Models | Config,
		},
		{
			Name: "base-url", Arg: "URL", Group: Connection, Type: URL, Commands: Connecting | Record, Secret: URLSecret, Default: "https://api.x.ai/v1",
			Help: "the API's URL", More: "for example http://localhost:8080/v1; offline: is the embedded endpoint", Common: Sending | Record,
		},
		{
			Name: "offline", Group: Testing, Type: Switch, Commands: Connecting | Serve, Conflicts: []Conflict{{With: "base-url", GivesWay: true, Tie: This}},
			Help: "answer by repeating the prompt: no key, no network", Common: Sending,
		},
		{
			Name: "replies", Arg: "file", Group: Testing, Type: File, Once: true, Commands: Connecting | Serve, Extensions: []string{"jsonl"},
			Help: "a JSONL file of rules for what --offline answers", More: "see chatcmpl help offline", Common: Serve,
		},
		{
			Name: "record", Arg: "file", Group: Testing, Type: Kept, Once: true, Commands: Connecting | Serve, Extensions: []string{"jsonl"},
			Conflicts: []Conflict{{With: "replay", GivesWay: true}, {With: "cache", GivesWay: true}},
			Help:      "add each exchange with the API to a file", More: "keys are never in it", Common: Serve,
		},
		{
			Name: "replay", Arg: "file", Group: Testing, Type: Kept, Once: true, Commands: Connecting | Serve, Extensions: []string{"jsonl"},
			Conflicts: []Conflict{{With: "cache", GivesWay: true}},
			Help:      "answer from a file that --record made", More: "no key, no network", Common: Chat,
		},
		{
			Name: "cache", Arg: "file", Group: Testing, Type: Kept, Once: true, Commands: Connecting | Serve, Extensions: []string{"jsonl"},
			Help: "answer from a file, and add the replies it lacks", More: "only good replies are kept", Common: Batch | Serve,
		},
	}
}

// connection returns the options for the connection to the server: headers, limits of time, TLS, the proxy and the key.
func connection() []Option {
	return []Option{
		{
			Name: "header", Short: "H", Arg: "header", Group: Connection, Type: Header, Commands: Connecting, Most: many, OneServer: SecretsOnly, Secret: HeaderLine,
			Help: "send the header 'Name: value', or those in @FILE", More: "one per line in the file",
		},
		{
			Name: "timeout", Arg: "duration", Group: Connection, Type: Duration, Commands: Connecting, Default: "1h",
			Help: "the time limit for all attempts together", More: "90s, 10m or 1h; a bare number is seconds; 0 is none; in a batch, for those of one record",
		},
		{
			Name: "connect-timeout", Arg: "duration", Group: Connection, Type: Duration, Commands: Connecting | Forwarding | Record, Default: "10s",
			Help: "the time limit for connecting", More: "0 is none",
		},
		{
			Name: "idle-timeout", Arg: "duration", Group: Connection, Type: Duration, Commands: Connecting, Default: "10m",
			Help: "the time limit for silence inside a reply", More: "0 is none",
		},
		{
			Name: "retries", Arg: "number", Group: Connection, Type: Integer, Commands: Connecting, Range: counted(), Default: "4",
			Help: "how often to retry a temporary failure", More: "8 with batch -i",
		},
		{
			Name: "cacert", Arg: "file", Group: Connection, Type: File, Commands: Connecting | Forwarding | Record, Extensions: []string{"pem", "crt"},
			Help: "certificates (PEM) to trust besides the system's",
		},
		{
			Name: "client-cert", Arg: "file", Group: Connection, Type: File, Commands: Connecting | Forwarding, Extensions: []string{"pem", "crt"},
			OneServer: WholeValue,
			Help:      "the client's certificate (PEM)", More: "the file may also hold its key",
		},
		{
			Name: "client-key", Arg: "file", Group: Connection, Type: File, Commands: Connecting | Forwarding, Extensions: []string{"pem", "key"}, OneServer: WholeValue,
			Help: "the private key (PEM) of --client-cert",
		},
		{
			Name: "proxy", Arg: "URL", Group: Connection, Type: URL, Commands: Connecting | Forwarding | Record, Secret: URLSecret,
			Help: "the proxy for every host (http, https or socks5)", More: "without it, HTTPS_PROXY and the like apply",
		},
		{
			Name: "api-key-file", Arg: "file", Group: Connection, Type: File, Commands: Connecting | Serve, OneServer: WholeValue,
			Conflicts: []Conflict{{With: "api-key-command", GivesWay: true, Tie: This}},
			Help:      "a file that holds the key for the base URL", Common: Models,
		},
		{
			Name: "api-key-command", Arg: "command", Group: Connection, Type: Text, Commands: Connecting | Serve, OneServer: WholeValue, Secret: FirstWord,
			Help: "a shell command that prints the key",
		},
		{
			Name: "allow-http-key", Group: Connection, Type: Switch, Commands: Connecting | Forwarding, OneServer: WholeValue,
			Help: "allow sending the key over plain http to another machine",
		},
	}
}

// notes returns the options for notes and errors on stderr.
func notes() []Option {
	return []Option{
		{
			Name: "verbose", Short: "v", Group: Notes, Type: Switch, Commands: Connecting | Serve | Programs,
			Help: "show headers and retries on stderr", Common: Chat | Serve | Programs,
		},
		{Name: "quiet", Group: Notes, Type: Switch, Commands: Connecting | Serve | Programs, Help: "print no notes to stderr"},
		{
			Name: "error-format", Arg: "form", Group: Notes, Type: Word, Words: []string{"text", "json"}, Commands: Connecting | Serve | Programs, Default: "text",
			Help: "how errors are printed to stderr",
		},
	}
}

// serving returns the options of `serve`, except the settings of the endpoint.
func serving() []Option {
	return []Option{
		{
			Name: "addr", Arg: "address", Group: Connection, Type: Text, Commands: Serve, Default: "127.0.0.1:8080",
			Help: "the address to listen on", More: "port 0 takes any free one", Common: Serve,
		},
		{
			Name: "upstream", Arg: "URL", Group: Connection, Type: URL, Commands: Serve, Once: true, Source: CommandLine, Secret: URLSecret,
			Conflicts: []Conflict{
				{With: "replay", GivesWay: true, Hint: "--cache answers what its file has, and asks the rest"},
				{With: "offline", GivesWay: true},
				{With: "replies", GivesWay: true, Hint: "they are for the embedded endpoint"},
				{With: "require-key", Hint: "the upstream judges the key"},
			},
			Help: "forward requests to this API instead of answering", More: "with --record or --cache, keep the exchanges", Common: Serve,
		},
		{
			Name: "log-format", Arg: "form", Group: Notes, Type: Word, Words: []string{"text", "json"}, Commands: Serve,
			Help: "how requests are logged to stderr",
		},
		{Name: "allow-remote", Group: Connection, Type: Switch, Commands: Serve, Help: "allow an --addr that other machines can reach"},
		{
			Name: "require-key", Group: Connection, Type: Switch, Commands: Serve,
			Help: "refuse requests without the key", More: "that of CHATCMPL_API_KEY, --api-key-file or --api-key-command",
		},
	}
}

// programs returns the options of commands that run another program.
func programs() []Option {
	rows := []Option{
		{
			Name: "append", Group: Testing, Type: Switch, Commands: Record, Conflicts: []Conflict{{With: "force"}},
			Help: "add to a FILE that exists", Common: Record,
		},
		{
			Name: "force", Group: Testing, Type: Switch, Commands: Record,
			Help: "replace a FILE that exists", More: "once the command has succeeded", Common: Record,
		},
		{
			Name: "strict", Group: Testing, Type: Switch, Commands: Replay,
			Help: "fail unless the exchanges are those recorded", More: "if one is missing, surplus or unused, the exit code is 4 in place of 0", Common: Replay,
		},
	}
	for i := range rows {
		rows[i].Source = CommandLine
	}
	return rows
}

// showing returns the options of commands that print facts about chatcmpl, not a reply.
func showing() []Option {
	return []Option{
		{
			Name: "json", Group: Output, Type: Switch, Commands: Config | Version, Source: CommandLine, Conflicts: []Conflict{{With: "jq"}},
			Help: "print JSON, on one line", Common: Config | Version,
		},
		{
			Name: "jq", Short: "q", Arg: "filter", Group: Output, Type: Filter, Once: true, Commands: Config, Source: CommandLine,
			Help: "run a jq filter on that JSON", Common: Config,
		},
		{Name: "null", Short: "0", Group: Output, Type: Switch, Commands: Config, Source: CommandLine, Help: "end each value with NUL instead of a newline"},
	}
}
