//go:build darwin || dragonfly || freebsd || linux || netbsd || openbsd

package fileblob

import (
	"errors"
	"os"
	"syscall"
)

// flock locks a file until it is closed, which the end of the process does too. It
// doesn't wait for a lock that another has.
func flock(file *os.File, _ bool) error {
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case errors.Is(err, syscall.EWOULDBLOCK):
			return errLocked
		case !errors.Is(err, syscall.EINTR):
			return err
		}
	}
}
