package settings

import "io/fs"

// others says who else can change a file; Windows keeps permissions in other ways.
func others(fs.FileInfo) (who, hint string) { return "", "" }
