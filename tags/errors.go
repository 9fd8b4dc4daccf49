package tags

import (
	"errors"
	"strings"
)

var (
	// ErrNotFound is returned where no tag has the id.
	ErrNotFound = errors.New("tags: not found")
	// ErrExists is what an [ExistsError] matches.
	ErrExists = errors.New("tags: name exists")
	// ErrUnavailable is returned where the database is away, or too slow or
	// too busy to answer now; the same call may succeed later.
	ErrUnavailable = errors.New("mediakit: unavailable")
)

// ExistsError refuses a name that folds to the key of another tag.
type ExistsError struct {
	Existing Tag // the tag that has the name
}

// Error says that the name is taken.
func (e *ExistsError) Error() string { return ErrExists.Error() }

// Is makes errors.Is(err, ErrExists) hold.
func (e *ExistsError) Is(target error) bool { return target == ErrExists }

// Code tells, for programs, what is wrong with a value.
type Code string

// The codes of a [FieldError].
const (
	CodeRequired   Code = "required"    // nothing was given
	CodeTooSmall   Code = "too_small"   // below the least value
	CodeTooLarge   Code = "too_large"   // above the greatest value
	CodeTooLong    Code = "too_long"    // more bytes or runes than allowed
	CodeTooMany    Code = "too_many"    // more elements than allowed
	CodeInvalid    Code = "invalid"     // not of the right form
	CodeNotAllowed Code = "not_allowed" // of the right form, but not among what is allowed
	CodeConflict   Code = "conflict"    // at odds with another member
)

// FieldError is one bad member of an input.
type FieldError struct {
	Field  string // the member's name, and for an element of a list its index: "filename", "tags/3"
	Code   Code
	Detail string // one sentence in English, made for the caller: it holds nothing internal
}

// InvalidError refuses an input; nothing was stored. It names every bad member.
type InvalidError struct {
	Fields []FieldError // at least one, in the order of the input's members
}

// Error lists the members and what is wrong with each.
func (e *InvalidError) Error() string {
	parts := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		parts[i] = f.Field + ": " + f.Detail
	}
	return "invalid input: " + strings.Join(parts, "; ")
}
