package media

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"

	"github.com/seed-f0df946f/mediakit/media/internal/dimensions"
)

// maxReadThrough is the longest object that finalize reads to compute a sha256 that the
// store doesn't know: 64 MiB.
const maxReadThrough = 64 << 20

// finding is what inspect finds out about an object.
type finding struct {
	size     dimensions.Result // what its bytes tell
	rejected Failure           // why it is rejected; empty: it is not
	actual   string            // the type of its bytes, with FailureContent
}

// inspect compares an object with what its media declares. Evidence that is missing is
// never taken for a match. A video needn't tell its size; an image must.
func (s *Service) inspect(ctx context.Context, m Media, info Info) (finding, error) {
	if why := m.differs(info); why != "" {
		return finding{rejected: why}, nil
	}
	if info.SHA256.IsZero() {
		sum, err := s.readThrough(ctx, m, info)
		if err != nil {
			return finding{}, err
		}
		if sum != m.SHA256 {
			return finding{rejected: FailureSHA256}, nil
		}
	}
	return s.look(ctx, m, info)
}

// look reads the object itself: whether it is of the declared type's family, and how
// large what it shows is.
func (s *Service) look(ctx context.Context, m Media, info Info) (finding, error) {
	object := readerAt(func(p []byte, off int64) (int, error) { return s.readAt(ctx, m, info, p, off) })
	head := make([]byte, min(m.Size, dimensions.HeadLength))
	if _, err := object(head, 0); err != nil {
		return finding{}, err
	}
	if actual := sniff(head); family(actual) != family(m.ContentType) {
		return finding{rejected: FailureContent, actual: actual}, nil
	}
	size, err := dimensions.Measure(object, m.Size, head, m.ContentType)
	switch {
	case err != nil:
		return finding{}, err
	case m.Kind == KindImage && size.Width == 0:
		return finding{rejected: FailureUnreadable}, nil
	case size.Pixels > s.opts.MaxPixels:
		return finding{rejected: FailureTooManyPixels}, nil
	}
	return finding{size: size}, nil
}

// differs compares what the store tells of an object with what its media declares. A
// sha256 that the store doesn't know is no difference.
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

// readThrough computes the sha256 of an object if the store doesn't know it.
func (s *Service) readThrough(ctx context.Context, m Media, info Info) (Digest, error) {
	if m.Size > maxReadThrough {
		return Digest{}, fmt.Errorf("%w: it doesn't know the sha256 of an object of %d bytes", ErrStoreMisconfigured, m.Size)
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

// readAt fills p from the object that Stat saw.
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

// readError translates what goes wrong in the middle of a body. The end of the caller's
// context passes through. All else means that the store broke off.
func readError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("%w: reading an object: %w", ErrUnavailable, err)
}
