package media

import (
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/fault"
)

// What is wrong with an input is told in the same words as in package tags.
type (
	// InvalidError refuses an input and names every bad member of it.
	InvalidError = fault.InvalidError
	// FieldError is one bad member.
	FieldError = fault.FieldError
)

var (
	// ErrNotFound is returned if no media has the id, or it was deleted.
	ErrNotFound = errors.New("media: not found")
	// ErrNotPending is returned if an upload is to be signed for a media that is not
	// pending any more.
	ErrNotPending = errors.New("media: not pending")
	// ErrUploadIncomplete is returned by Finalize while bytes are missing.
	ErrUploadIncomplete = errors.New("media: upload incomplete")
	// ErrUploadExpired is returned by Finalize if nothing had arrived when the media's
	// time was up.
	ErrUploadExpired = errors.New("media: upload expired")
	// ErrUploadRejected is what a [RejectedError] matches.
	ErrUploadRejected = errors.New("media: upload rejected")
	// ErrVersion is returned if the caller named a version of the media that is not the
	// current one.
	ErrVersion = errors.New("media: version is not current")
	// ErrIdempotencyKeyReused is returned if an idempotency key came with another input
	// before.
	ErrIdempotencyKeyReused = errors.New("media: idempotency key reused with another input")
	// ErrIdempotencyKeyInProgress is returned if a create with the same idempotency key is
	// still running.
	ErrIdempotencyKeyInProgress = errors.New("media: a create with this idempotency key is in progress")
	// ErrTooManyTags is returned by a Repository if a media would carry more than [MaxTags].
	ErrTooManyTags = errors.New("media: too many tags")
	// ErrUnavailable is returned if the database or the blob store is away, or too
	// slow or too busy to answer now; the same call may succeed later. It is
	// [fault.ErrUnavailable].
	ErrUnavailable = fault.ErrUnavailable
)

// Errors of a BlobStore.
var (
	// ErrNoObject is returned if the object key has no object.
	ErrNoObject = errors.New("media: no such object")
	// ErrObjectExists is returned by Put if the object key has an object already.
	ErrObjectExists = errors.New("media: object exists")
	// ErrObjectChanged is returned by a pinned read if there is another object by now.
	ErrObjectChanged = errors.New("media: object changed")
	// ErrObjectMismatch is returned by Put if the bytes aren't those declared.
	ErrObjectMismatch = errors.New("media: object is not as declared")
	// ErrNoUpload is returned by a Multipart if the store doesn't know the upload, since it
	// was completed or aborted.
	ErrNoUpload = errors.New("media: no such multipart upload")
	// ErrStoreMisconfigured is returned if the store refuses the service, or can't prove
	// what it holds: an operator has to mend it.
	ErrStoreMisconfigured = errors.New("media: blob store misconfigured")
)

// MissingError names those of several media that don't exist; nothing was done
// to the others. errors.Is(err, ErrNotFound) holds.
type MissingError struct {
	IDs []uuid.UUID // at least one, ascending
}

// Error counts the missing.
func (e *MissingError) Error() string {
	return fmt.Sprintf("%v: %d of the media named", ErrNotFound, len(e.IDs))
}

// Is makes errors.Is(err, ErrNotFound) hold.
func (e *MissingError) Is(target error) bool { return target == ErrNotFound }
