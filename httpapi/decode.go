package httpapi

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/seed-f0df946f/mediakit/fault"
	"github.com/seed-f0df946f/mediakit/httpapi/internal/wire"
)

// maxDepth is how deep a body may be nested. Ours need two levels; what is bad
// below them is told by its pointer, what is deeper is not looked at.
const maxDepth = 16

// codes of bad members that only a body in JSON can have.
const (
	codeWrongType     = "wrong_type"
	codeUnknownMember = "unknown_member"
)

// maxFaults is how many an answer tells. Whoever has more of them wants no list.
const maxFaults = 100

// faults gathers what is wrong with a body: at each pointer what was found first.
type faults []wire.FieldError

func (f *faults) add(pointer, code, detail string) {
	known := func(e wire.FieldError) bool { return e.Pointer == pointer }
	if !f.full() && !slices.ContainsFunc(*f, known) {
		*f = append(*f, wire.FieldError{Pointer: pointer, Code: code, Detail: detail})
	}
}

// full reports whether there is no use in looking for more.
func (f *faults) full() bool { return len(*f) >= maxFaults }

// err returns the error of a body that has faults, or nil. Only then is the domain's own
// check of the same body asked for: a use case checks by itself, but it would tell its own
// faults alone. If both name a member, what is in f stands.
func (f faults) err(check func() error) error {
	if len(f) == 0 {
		return nil
	}
	if invalid, ok := errors.AsType[*fault.InvalidError](check()); ok {
		f.addDomain(invalid)
	}
	return &bodyError{f}
}

// addDomain adds what the domain says.
func (f *faults) addDomain(invalid *fault.InvalidError) {
	for _, bad := range invalid.Fields {
		f.add("/"+bad.Field, string(bad.Code), bad.Detail)
	}
}

// noCheck is for a body of which the domain has nothing more to say.
func noCheck() error { return nil }

// member stores the value of a member, or tells what is wrong with it.
type member func(value jsontext.Value, pointer string, f *faults)

// decodeObject takes an object apart, member by member, so that one bad member
// doesn't hide the others: they go to f. The error says that the body is malformed, or
// no object.
func decodeObject(body []byte, members map[string]member, f *faults) error {
	if err := checkSyntax(body); err != nil {
		return err
	}
	dec := jsontext.NewDecoder(bytes.NewReader(body))
	if dec.PeekKind() != '{' {
		return &bodyError{[]wire.FieldError{{Pointer: "", Code: codeWrongType, Detail: "The body is an object."}}}
	}
	_, err := dec.ReadToken()
	for err == nil && dec.PeekKind() != '}' && !f.full() {
		err = decodeMember(dec, members, f)
	}
	return err
}

func decodeMember(dec *jsontext.Decoder, members map[string]member, f *faults) error {
	name, err := dec.ReadToken()
	if err != nil {
		return err
	}
	text := name.String() // before the next read, which makes it invalid
	value, err := dec.ReadValue()
	if err != nil {
		return err
	}
	if store, known := members[text]; known {
		store(value, "/"+text, f)
	} else {
		f.add(string(jsontext.Pointer("").AppendToken(shorten(text))), codeUnknownMember, "There is no such member.")
	}
	return nil
}

// read decodes the body of a call, which is due, and checks its form. The error is one of
// a body that can't be taken apart; what is wrong with its members is in the faults.
func (a *api) read(c *call, members map[string]member, to any) (f faults, err error) {
	text, err := c.requiredJSON()
	if err != nil {
		return nil, err
	}
	if err := decodeObject(text, members, &f); err != nil {
		return nil, err
	}
	a.checkShape(to, &f)
	return f, nil
}

// checkSyntax reads a body through: one value, names that differ, valid UTF-8, and
// not nested too deep.
func checkSyntax(body []byte) error {
	dec := jsontext.NewDecoder(bytes.NewReader(body))
	for values := 0; ; {
		_, err := dec.ReadToken()
		switch {
		case errors.Is(err, io.EOF) && values == 1:
			return nil
		case err != nil:
			return fmt.Errorf("%w: %w", errMalformed, err)
		case dec.StackDepth() > maxDepth:
			return fmt.Errorf("%w: it is nested deeper than %d", errMalformed, maxDepth)
		case dec.StackDepth() == 0:
			values++
		}
		if values > 1 {
			return fmt.Errorf("%w: data follows", errMalformed)
		}
	}
}

// text stores a string.
func text(to **string) member {
	return func(value jsontext.Value, pointer string, f *faults) {
		if s, ok := unquote(value); ok {
			*to = &s
		} else {
			f.add(pointer, codeWrongType, "This is a string.")
		}
	}
}

// texts stores a list of strings. A bad element leaves a gap, so that those after
// it keep their index. A list ends at one more than the most: the domain refuses it for
// its length.
func texts(to **[]string, most int) member {
	return func(value jsontext.Value, pointer string, f *faults) {
		if value.Kind() != '[' {
			f.add(pointer, codeWrongType, "This is a list of strings.")
			return
		}
		list := []string{}
		dec := jsontext.NewDecoder(bytes.NewReader(value))
		for _, err := dec.ReadToken(); err == nil && dec.PeekKind() != ']' && len(list) <= most; {
			var element jsontext.Value
			if element, err = dec.ReadValue(); err != nil {
				break // impossible: checkSyntax has read it
			}
			s, ok := unquote(element)
			if !ok {
				f.add(pointer+"/"+strconv.Itoa(len(list)), codeWrongType, "This is a string.")
			}
			list = append(list, s)
		}
		*to = &list
	}
}

// integer stores a whole number. A fraction or an exponent makes a number of
// another type, even where its value is whole.
func integer(to **int64) member {
	return func(value jsontext.Value, pointer string, f *faults) {
		literal := string(value)
		if value.Kind() != '0' || strings.ContainsAny(literal, ".eE") {
			f.add(pointer, codeWrongType, "This is a whole number, without fraction and exponent.")
			return
		}
		n, err := strconv.ParseInt(literal, 10, 64)
		switch {
		case err == nil:
			*to = &n
		case literal[0] == '-':
			f.add(pointer, "too_small", "The number is too small.")
		default:
			f.add(pointer, "too_large", "The number is too large.")
		}
	}
}

func unquote(value jsontext.Value) (string, bool) {
	if value.Kind() != '"' {
		return "", false
	}
	s, err := jsontext.AppendUnquote(nil, value)
	return string(s), err == nil
}
