package media

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"

	"github.com/seed-f0df946f/mediakit/media/internal/dimensions"
)

// maxReadThrough is the most bytes that finalize reads to compute a sha256 that
// the store doesn't know: 64 MiB.
const maxReadThrough = 64 << 20

// inspect compares an object with what its media declares and returns why it is
// rejected, or nothing, and what its bytes tell of its size. Evidence that is
// missing is never taken for a match; dimensions that are missing are no evidence.
func (s *Service) inspect(ctx context.Context, m Media, info Info) (dimensions.Result, Failure, error) {
	var none dimensions.Result
	if why := m.differs(info); why != "" {
		return none, why, nil
	}
	if info.SHA256.IsZero() {
		sum, err := s.readThrough(ctx, m, info)
		if err != nil {
			return none, "", err
		}
		if sum != m.SHA256 {
			return none, FailureSHA256, nil
		}
	}
	return s.look(ctx, m, info)
}

// look reads the object itself: whether it is of the declared type's family, and
// how large what it shows is.
func (s *Service) look(ctx context.Context, m Media, info Info) (dimensions.Result, Failure, error) {
	object := readerAt(func(p []byte, off int64) (int, error) { return s.readAt(ctx, m, info, p, off) })
	head := make([]byte, min(m.Size, dimensions.HeadLength))
	if _, err := object(head, 0); err != nil {
		return dimensions.Result{}, "", err
	}
	if sniff(head) != family(m.ContentType) {
		return dimensions.Result{}, FailureContent, nil
	}
	size, err := dimensions.Measure(object, m.Size, head, m.ContentType)
	if err != nil {
		return dimensions.Result{}, "", err
	}
	if size.Pixels > s.opts.MaxPixels {
		return dimensions.Result{}, FailureTooManyPixels, nil
	}
	return size, "", nil
}

// differs compares an object with what its media declares by what the store tells
// of it. A sha256 that the store doesn't know is no difference.
func (m *Media) differs(info Info) Failure {
	switch {
	case info.Size != m.Size:
		return FailureSize
	case info.ContentType != m.ContentType:
		return FailureType
	case len(info.Unexpected) > 0:
		return FailureHeaders
	case !info.SHA256.IsZero() && info.SHA256 != m.SHA256:
		return FailureSHA256
	}
	return ""
}

// readThrough computes the sha256 of an object for which the store brings none.
func (s *Service) readThrough(ctx context.Context, m Media, info Info) (Digest, error) {
	if m.Size > maxReadThrough {
		return Digest{}, fmt.Errorf("%w: it brings no sha256 for an object of %d bytes", ErrStoreMisconfigured, m.Size)
	}
	body, err := s.blobs.ReadAt(ctx, m.ObjectKey, info.Pin, 0, m.Size)
	if err != nil {
		return Digest{}, err
	}
	defer body.Close()
	hash := sha256.New()
	n, err := io.Copy(hash, body)
	if err == nil && n != m.Size {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return Digest{}, readError(ctx, err)
	}
	return Digest(hash.Sum(nil)), nil
}

// readAt fills p from the object that HEAD saw.
func (s *Service) readAt(ctx context.Context, m Media, info Info, p []byte, off int64) (int, error) {
	body, err := s.blobs.ReadAt(ctx, m.ObjectKey, info.Pin, off, int64(len(p)))
	if err != nil {
		return 0, err
	}
	defer body.Close()
	n, err := io.ReadFull(body, p)
	if err != nil {
		return n, readError(ctx, err)
	}
	return n, nil
}

// readerAt is an [io.ReaderAt] that is a function.
type readerAt func(p []byte, off int64) (int, error)

// ReadAt calls the function.
func (f readerAt) ReadAt(p []byte, off int64) (int, error) { return f(p, off) }

// readError translates what goes wrong in the middle of a body. The caller's own
// end passes through; all else is a store that broke off.
func readError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("%w: reading an object: %w", ErrUnavailable, err)
}
