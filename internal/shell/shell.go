// Package shell looks for a shell among the processes that started this one that reads its own commands from what this one
// would read: `ssh host bash -s < script`, `curl … | bash`. Whoever else reads there eats the rest of the script.
package shell
