package fileblob

import (
	"context"
	"errors"
	"fmt"
	"syscall"

	"github.com/seed-f0df946f/mediakit/media"
)

// byCode translates the disk's errors. Any other error is returned as it is.
var byCode = map[syscall.Errno]error{
	syscall.EAGAIN: media.ErrUnavailable,
	syscall.EBUSY:  media.ErrUnavailable,
	syscall.EDQUOT: media.ErrUnavailable, // full, until an operator or a Delete makes room
	syscall.EIO:    media.ErrUnavailable,
	syscall.EMFILE: media.ErrUnavailable,
	syscall.ENFILE: media.ErrUnavailable,
	syscall.ENOMEM: media.ErrUnavailable,
	syscall.ENOSPC: media.ErrUnavailable, // as EDQUOT

	syscall.EACCES:  media.ErrStoreMisconfigured,
	syscall.EFBIG:   media.ErrStoreMisconfigured, // a limit of the process or the file system
	syscall.ENOENT:  media.ErrStoreMisconfigured, // the folder itself is gone
	syscall.ENOLCK:  media.ErrStoreMisconfigured, // no locks, as on some network file systems
	syscall.ENOSYS:  media.ErrStoreMisconfigured,
	syscall.ENOTSUP: media.ErrStoreMisconfigured, // no hard links
	syscall.EPERM:   media.ErrStoreMisconfigured, // the same on Linux, or no right to write
	syscall.EROFS:   media.ErrStoreMisconfigured,
	syscall.EXDEV:   media.ErrStoreMisconfigured, // a folder below is on another file system
}

// fail turns an error into one of the contract. If the caller's context has ended, its
// error is returned as it is, whatever else went wrong.
func fail(ctx context.Context, op string, err error) error {
	if ended := ctx.Err(); ended != nil {
		return ended
	}
	if kind := classify(err); kind != nil {
		return fmt.Errorf("fileblob: %s: %w: %w", op, kind, err)
	}
	return fmt.Errorf("fileblob: %s: %w", op, err)
}

// classify returns what err means in the contract's terms. It returns nil if err says so
// itself, or isn't about the disk.
func classify(err error) error {
	var body *bodyError
	if errors.As(err, &body) {
		return nil
	}
	if errors.Is(err, errMoved) {
		return media.ErrStoreMisconfigured
	}
	var code syscall.Errno
	if errors.As(err, &code) {
		return byCode[code]
	}
	return nil
}
