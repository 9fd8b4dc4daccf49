package s3blob

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go/middleware"

	"github.com/seed-f0df946f/mediakit/blob/internal/terms"
	"github.com/seed-f0df946f/mediakit/media"
)

// Put implements [media.BlobStore]. It streams body, so that it can't retry: a body can be
// read only once. Only ctx bounds how long it takes.
func (s *Store) Put(ctx context.Context, u media.Upload, body io.Reader) error {
	if err := terms.CheckUpload(u); err != nil {
		return fmt.Errorf("s3blob: put: %w", err)
	}
	in, exact := s.putInput(u), &exactReader{body: body, left: u.Size}
	in.Body = exact
	_, err := s.client.PutObject(ctx, in, func(o *s3.Options) {
		o.RetryMaxAttempts = 1
		// The SDK would read body to its end to hash it, and couldn't read it again.
		o.APIOptions = append(o.APIOptions, withPayloadHash(u.SHA256.String()))
	})
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err == nil:
		return nil
	case exact.err != nil: // this is why the SDK saw a request that broke off
		return fmt.Errorf("s3blob: put: %w", exact.err)
	}
	if err = fail(ctx, "put", err); errors.Is(err, errPrecondition) {
		return fmt.Errorf("s3blob: put: %w", media.ErrObjectExists)
	}
	return err
}

// withPayloadHash signs the request with the sha256 of its body, in hex.
func withPayloadHash(hash string) func(*middleware.Stack) error {
	return func(stack *middleware.Stack) error {
		return stack.Initialize.Add(middleware.InitializeMiddlewareFunc("mediakitPayloadHash", func(
			ctx context.Context, in middleware.InitializeInput, next middleware.InitializeHandler,
		) (middleware.InitializeOutput, middleware.Metadata, error) {
			return next.HandleInitialize(v4.SetPayloadHash(ctx, hash), in)
		}), middleware.Before)
	}
}

// exactReader reads a body of a declared length. If the body is longer or shorter, it
// fails before it returns the last byte, so that S3 doesn't store the beginning of a body
// that is too long.
type exactReader struct {
	body io.Reader
	left int64 // bytes; 0 at the end
	err  error // other than io.EOF
}

// Read implements io.Reader.
func (e *exactReader) Read(p []byte) (int, error) {
	if e.err != nil {
		return 0, e.err
	}
	if e.left == 0 {
		return 0, io.EOF
	}
	n, err := e.body.Read(p[:min(int64(len(p)), e.left)])
	e.left -= int64(n)
	switch {
	case e.left == 0 && (err == nil || err == io.EOF):
		e.err = e.expectEnd(err)
	case err == io.EOF:
		e.err = fmt.Errorf("%w: the body is %d bytes short", media.ErrObjectMismatch, e.left)
	case err != nil:
		e.err = fmt.Errorf("reading the body: %w", err)
	}
	if e.err != nil {
		return 0, e.err // without the bytes that came with the error, which may be the last
	}
	return n, nil
}

// expectEnd checks that the body, whose last Read returned err, has no more.
func (e *exactReader) expectEnd(err error) error {
	if err == io.EOF {
		return nil
	}
	switch _, err := io.ReadFull(e.body, make([]byte, 1)); err {
	case io.EOF:
		return nil
	case nil:
		return fmt.Errorf("%w: the body goes on after its length", media.ErrObjectMismatch)
	default:
		return fmt.Errorf("reading the body: %w", err)
	}
}

// ReadAt implements [media.BlobStore]. The Store bounds the time until the answer's
// headers; only ctx bounds how long its bytes may take.
func (s *Store) ReadAt(ctx context.Context, key string, pin media.Pin, off, n int64) (io.ReadCloser, error) {
	if off < 0 || n < 0 {
		return nil, fmt.Errorf("s3blob: read: no offset %d, length %d", off, n)
	}
	in := &s3.GetObjectInput{Bucket: &s.bucket, Key: &key, Range: aws.String(byteRange(off, n))}
	if pin.Version != "" {
		in.VersionId = &pin.Version
	} else if pin.ETag != "" {
		in.IfMatch = &pin.ETag
	}
	bounded, cancel := context.WithCancel(ctx)
	budget := time.AfterFunc(s.budget, cancel)
	out, err := s.client.GetObject(bounded, in)
	if err != nil {
		cancel()
		return rangeOr(fail(ctx, "read", err))
	}
	budget.Stop()
	body := &objectReader{ctx: ctx, cancel: cancel, body: out.Body, limited: io.LimitReader(out.Body, n)}
	if off > 0 && !strings.HasPrefix(aws.ToString(out.ContentRange), fmt.Sprintf("bytes %d-", off)) {
		body.Close()
		return nil, fmt.Errorf("s3blob: read: %w: the store answers a range with other bytes", media.ErrStoreMisconfigured)
	}
	return body, nil
}

// rangeOr returns no bytes for a range beyond the object's end, and translates a failed
// condition into what it means for a read.
func rangeOr(err error) (io.ReadCloser, error) {
	switch {
	case errors.Is(err, errRange):
		return io.NopCloser(strings.NewReader("")), nil
	case errors.Is(err, errPrecondition):
		return nil, fmt.Errorf("s3blob: read: %w", media.ErrObjectChanged)
	default:
		return nil, err
	}
}

// byteRange asks for one byte if none is wanted: a range can't be empty, and the answer
// says whether the object is there.
func byteRange(off, n int64) string {
	if n > math.MaxInt64-off {
		return fmt.Sprintf("bytes=%d-", off)
	}
	return fmt.Sprintf("bytes=%d-%d", off, off+max(n, 1)-1)
}

// objectReader reads an answer's body, but no more than was asked for.
type objectReader struct {
	ctx     context.Context // of the caller, to tell its end from the store's
	cancel  context.CancelFunc
	body    io.Closer
	limited io.Reader
}

// Read implements io.Reader. Its errors are those of the contract.
func (r *objectReader) Read(p []byte) (int, error) {
	n, err := r.limited.Read(p)
	if err != nil && err != io.EOF {
		err = fail(r.ctx, "read", err)
	}
	return n, err
}

// Close implements io.Closer.
func (r *objectReader) Close() error {
	defer r.cancel()
	return r.body.Close()
}
