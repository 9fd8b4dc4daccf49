package tags

import (
	"errors"

	"github.com/seed-f0df946f/mediakit/fault"
)

// Packages tags and media refuse an input with the same types.
type (
	// InvalidError refuses an input and names each bad member of it. Nothing was stored.
	InvalidError = fault.InvalidError
	// FieldError is one bad member of an input.
	FieldError = fault.FieldError
)

var (
	// ErrNotFound is returned if no tag has the id.
	ErrNotFound = errors.New("tags: not found")
	// ErrExists is matched by every [ExistsError].
	ErrExists = errors.New("tags: name exists")
	// ErrUnavailable is returned if the database is away, or too slow or too busy to
	// answer now; the same call may succeed later. It is [fault.ErrUnavailable].
	ErrUnavailable = fault.ErrUnavailable
)

// ExistsError refuses a name that folds to the key of another tag.
type ExistsError struct {
	Existing Tag // the tag that has the name
}

// Error says that the name is taken. It doesn't hold the name.
func (e *ExistsError) Error() string { return ErrExists.Error() }

// Is makes errors.Is(err, ErrExists) true.
func (e *ExistsError) Is(target error) bool { return target == ErrExists }

// invalid refuses an input for one member.
func invalid(field string, code fault.Code, detail string) error {
	return &InvalidError{Fields: []FieldError{{Field: field, Code: code, Detail: detail}}}
}
