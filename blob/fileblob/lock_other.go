//go:build !(darwin || dragonfly || freebsd || linux || netbsd || openbsd)

package fileblob

import "os"

// flock stands for a lock on systems that have no flock: there the file itself is the
// lock, even after its process has died.
func flock(_ *os.File, leftBehind bool) error {
	if leftBehind {
		return errLocked
	}
	return nil
}
