package settings

import "io/fs"

// others returns nothing, because Windows has no permission bits.
func others(fs.FileInfo) (who, hint string) { return "", "" }
