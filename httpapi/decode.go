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

// maxDepth is how deep a body may be nested. Ours need two levels. A fault in a few levels
// more is told at its pointer; anything deeper is malformed.
const maxDepth = 16

// Codes of faults that only a body in JSON can have.
const (
	codeWrongType     = "wrong_type"
	codeUnknownMember = "unknown_member"
)

// maxFaults is the most that an answer tells. More of them are no use to anyone.
const maxFaults = 100

// faults is what is wrong with a body: the first thing that was found at each pointer.
type faults []wire.FieldError

func (f *faults) add(pointer, code, detail string) {
	known := func(e wire.FieldError) bool { return e.Pointer == pointer }
	if !f.full() && !slices.ContainsFunc(*f, known) {
		*f = append(*f, wire.FieldError{Pointer: pointer, Code: code, Detail: detail})
	}
}

// full reports whether no more faults are taken, so that none need to be looked for.
func (f *faults) full() bool { return len(*f) >= maxFaults }

// err returns nil if there are no faults: the use case checks its input by itself. If there
// are some, the use case is not called. Its check then says what else is wrong, so that one
// answer names all bad members. If both name a member, the fault in f stands.
func (f faults) err(check func() error) error {
	if len(f) == 0 {
		return nil
	}
	if invalid, ok := errors.AsType[*fault.InvalidError](check()); ok {
		f.addDomain(invalid)
	}
	return &bodyError{f}
}

// addDomain adds the faults that the domain found.
func (f *faults) addDomain(invalid *fault.InvalidError) {
	for _, bad := range invalid.Fields {
		f.add("/"+bad.Field, string(bad.Code), bad.Detail)
	}
}

// noCheck is the check for a body whose form is all that can be wrong with it.
func noCheck() error { return nil }

// member stores the value of a member, or adds what is wrong with it to the faults.
type member func(value jsontext.Value, pointer string, f *faults)

// decodeObject reads an object member by member, so that one bad member doesn't hide the
// others: what is wrong with them is added to f. The error is for a body that is malformed,
// or no object.
func decodeObject(body []byte, members map[string]member, f *faults) error {
	if err := checkSyntax(body); err != nil {
		return err
	}
	dec := newDecoder(body)
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

// read decodes the body of a call, which must have one, and checks the form of its members.
// What is wrong with them is in the faults; the error is for a body that can't be read at
// all.
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

// newDecoder returns a decoder for text that checkSyntax has read. It looks for no duplicate
// names: that costs much more than all else, so it is done once.
func newDecoder(text []byte) *jsontext.Decoder {
	return jsontext.NewDecoder(bytes.NewBuffer(text), jsontext.AllowDuplicateNames(true))
}

// checkSyntax checks that a body is one JSON value in UTF-8, in which no object has two
// members of one name, and that it isn't nested too deep.
func checkSyntax(body []byte) error {
	dec := jsontext.NewDecoder(bytes.NewBuffer(body))
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

// texts stores a list of strings. A bad element becomes an empty one, so that those after
// it keep their index. Of a list that is too long, one element more than allowed is read:
// the domain refuses it for its length.
func texts(to **[]string, most int) member {
	return func(value jsontext.Value, pointer string, f *faults) {
		if value.Kind() != '[' {
			f.add(pointer, codeWrongType, "This is a list of strings.")
			return
		}
		list := []string{}
		dec := newDecoder(value)
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

// integer stores a whole number. A number with a fraction or an exponent is of another
// type, even if its value is whole.
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
