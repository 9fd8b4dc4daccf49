package migrate

import (
	"crypto/sha256"
	"encoding/hex"
	"io/fs"
	"path"
	"strings"
)

// alone ends the name of a file whose statements can't run in a transaction. They must be
// safe to repeat from the first: the process may end before the file is recorded.
const alone = ".alone.sql"

type file struct {
	name       string
	sum        string // SHA-256 of the file, in hex
	statements []string
	alone      bool
}

// read returns the files of a folder, in the order of their names.
func read(from fs.FS, folder string) ([]*file, error) {
	paths, err := fs.Glob(from, folder+"/*.sql")
	if err != nil {
		return nil, err
	}
	var list []*file
	for _, p := range paths {
		text, err := fs.ReadFile(from, p)
		if err != nil {
			return nil, err
		}
		sum := sha256.Sum256(text)
		list = append(list, &file{
			name:       path.Base(p),
			sum:        hex.EncodeToString(sum[:]),
			statements: split(string(text)),
			alone:      strings.HasSuffix(p, alone),
		})
	}
	return list, nil
}

// split returns the statements of a text. Only a semicolon at the end of a line ends
// one; our files have none there that doesn't.
func split(text string) (statements []string) {
	for part := range strings.SplitSeq(text, ";\n") {
		if part = strings.TrimSpace(part); part != "" {
			statements = append(statements, part)
		}
	}
	return statements
}
