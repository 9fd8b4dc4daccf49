// Package fault tells what is wrong with an input, and that the database or the blob
// store is away, in the same words for media and for tags.
//
// Packages media and tags name these types as their own: a host that imports one of
// them needs no import of this package.
package fault

import (
	"errors"
	"fmt"
	"strings"
)

// ErrUnavailable is returned if the database or the blob store is away, or too slow or
// too busy to answer now. The same call may succeed later.
var ErrUnavailable = errors.New("mediakit: unavailable")

// Code tells programs what is wrong with a value.
type Code string

// The codes of a [FieldError].
const (
	CodeRequired   Code = "required"    // nothing was given
	CodeTooSmall   Code = "too_small"   // below the least value
	CodeTooLarge   Code = "too_large"   // above the greatest value
	CodeTooLong    Code = "too_long"    // more bytes or runes than allowed
	CodeTooMany    Code = "too_many"    // more elements than allowed
	CodeInvalid    Code = "invalid"     // not of the right form
	CodeNotAllowed Code = "not_allowed" // of the right form, but not one of the allowed values
	CodeConflict   Code = "conflict"    // contradicts another member
)

// FieldError is one bad member of an input.
type FieldError struct {
	Field  string // the member's name, followed by the index for an element of a list: "filename", "tags/3"
	Code   Code
	Detail string // one sentence in English for the caller; it holds nothing internal
}

// InvalidError refuses an input; nothing was stored. It names every bad member.
type InvalidError struct {
	Fields []FieldError // at least one, in the order of the input's members
}

// Error lists the members and what is wrong with each.
func (e *InvalidError) Error() string {
	parts := make([]string, len(e.Fields))
	for i, f := range e.Fields {
		parts[i] = f.Field + ": " + strings.TrimSuffix(f.Detail, ".")
	}
	return "invalid input: " + strings.Join(parts, "; ")
}

// List gathers what is wrong with an input. The zero List is empty.
type List []FieldError

// Add appends one bad member. The detail is a format for [fmt.Sprintf].
func (l *List) Add(field string, code Code, detail string, args ...any) {
	*l = append(*l, FieldError{Field: field, Code: code, Detail: fmt.Sprintf(detail, args...)})
}

// Err returns an [*InvalidError] of all members in the list, or nil if it is empty.
func (l List) Err() error {
	if len(l) == 0 {
		return nil
	}
	return &InvalidError{Fields: l}
}
