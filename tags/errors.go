package tags

import (
	"errors"

	"github.com/seed-f0df946f/mediakit/fault"
)

// What is wrong with an input is told in the same words as in package media.
type (
	// InvalidError refuses an input and names every bad member of it.
	InvalidError = fault.InvalidError
	// FieldError is one bad member.
	FieldError = fault.FieldError
)

var (
	// ErrNotFound is returned where no tag has the id.
	ErrNotFound = errors.New("tags: not found")
	// ErrExists is what an [ExistsError] matches.
	ErrExists = errors.New("tags: name exists")
	// ErrUnavailable is returned if the database is away, or too slow or too busy to
	// answer now; the same call may succeed later. It is [fault.ErrUnavailable].
	ErrUnavailable = fault.ErrUnavailable
)

// ExistsError refuses a name that folds to the key of another tag.
type ExistsError struct {
	Existing Tag // the tag that has the name
}

// Error says that the name is taken.
func (e *ExistsError) Error() string { return ErrExists.Error() }

// Is makes errors.Is(err, ErrExists) hold.
func (e *ExistsError) Is(target error) bool { return target == ErrExists }
