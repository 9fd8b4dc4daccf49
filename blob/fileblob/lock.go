package fileblob

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/seed-f0df946f/mediakit/blob/internal/signedurl"
	"github.com/seed-f0df946f/mediakit/media"
)

// uploadLock keeps other uploads of an object key away, those of other processes too.
type uploadLock struct {
	store      *Store
	name       string
	file       *os.File
	leftBehind bool // by an upload whose process died
}

// lockName is where the lock of an object key is. Temporary files have longer words
// behind their dot.
func lockName(key string) string { return tempPrefix(key) + "lock" }

// errLocked is returned for a lock that another upload holds.
var errLocked = errors.New("the lock is taken")

// errRemoved is returned for a lock that was removed before it was taken.
var errRemoved = errors.New("the lock was removed")

// tidy removes what an upload has left that died once the object was there. It is for
// whoever passes by: what stays does no harm.
func (s *Store) tidy(key string) {
	if _, err := s.disk.Lstat(lockName(key)); err != nil {
		return
	}
	lock, err := s.lock(key)
	if err != nil {
		return
	}
	defer lock.release()
	if lock.leftBehind {
		_ = s.removeTemps(key)
	}
}

// lock returns the object key's lock, or ErrUploading if it is taken.
func (s *Store) lock(key string) (*uploadLock, error) {
	l := &uploadLock{store: s, name: lockName(key)}
	err := errRemoved
	for range maxTries {
		if err = l.take(); err != errRemoved {
			break
		}
	}
	if err == errLocked || err == errRemoved {
		return nil, fmt.Errorf("%w: %w", media.ErrUnavailable, signedurl.ErrUploading)
	}
	return l, err
}

func (l *uploadLock) take() (err error) {
	l.file, err = l.store.create(l.name)
	if l.leftBehind = errors.Is(err, fs.ErrExist); l.leftBehind {
		if l.file, err = l.store.disk.OpenFile(l.name, os.O_WRONLY, 0); isAbsent(err) {
			return errRemoved
		}
	}
	if err != nil {
		return err
	}
	if err = flock(l.file, l.leftBehind); err == nil {
		err = l.inPlace()
	}
	if err != nil {
		l.file.Close()
	}
	return err
}

// inPlace returns errRemoved if others would find another file than l has locked, or
// none.
func (l *uploadLock) inPlace() error {
	found, err := l.store.disk.Lstat(l.name)
	if isAbsent(err) {
		return errRemoved
	} else if err != nil {
		return err
	}
	ours, err := l.file.Stat()
	if err == nil && !os.SameFile(ours, found) {
		err = errRemoved
	}
	return err
}

// release removes the file before it unlocks it, so that nobody locks a file that is
// about to go. A Delete may have removed it already.
func (l *uploadLock) release() {
	if l.inPlace() == nil {
		_ = l.store.disk.Remove(l.name)
	}
	l.file.Close()
}
