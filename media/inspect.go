package media

import (
	"context"
	"crypto/sha256"
	"fmt"
	"io"
)

// maxReadThrough is the most bytes that finalize reads to compute a sha256 that
// the store doesn't know: 64 MiB.
const maxReadThrough = 64 << 20

// inspect compares an object with what its media declares and returns why it is
// rejected, or nothing. Evidence that is missing is never taken for a match.
func (s *Service) inspect(ctx context.Context, m Media, info Info) (Failure, error) {
	switch {
	case info.Size != m.Size:
		return FailureSize, nil
	case info.ContentType != m.ContentType:
		return FailureType, nil
	case len(info.Unexpected) > 0:
		return FailureHeaders, nil
	}
	sum := info.SHA256
	if sum.IsZero() {
		var err error
		if sum, err = s.readThrough(ctx, m, info); err != nil {
			return "", err
		}
	}
	if sum != m.SHA256 {
		return FailureSHA256, nil
	}
	head, err := s.readHead(ctx, m, info)
	if err != nil {
		return "", err
	}
	if sniff(head) != family(m.ContentType) {
		return FailureContent, nil
	}
	return "", nil
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

func (s *Service) readHead(ctx context.Context, m Media, info Info) ([]byte, error) {
	n := min(m.Size, sniffLength)
	body, err := s.blobs.ReadAt(ctx, m.ObjectKey, info.Pin, 0, n)
	if err != nil {
		return nil, err
	}
	defer body.Close()
	head := make([]byte, n)
	if _, err := io.ReadFull(body, head); err != nil {
		return nil, readError(ctx, err)
	}
	return head, nil
}

// readError translates what goes wrong in the middle of a body. The caller's own
// end passes through; all else is a store that broke off.
func readError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("%w: reading an object: %w", ErrUnavailable, err)
}
