package httpapi

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

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

// faults gathers what is wrong with a body: at each pointer what was found first.
type faults []wire.FieldError

func (f *faults) add(pointer, code, detail string) {
	for _, known := range *f {
		if known.Pointer == pointer {
			return
		}
	}
	*f = append(*f, wire.FieldError{Pointer: pointer, Code: code, Detail: detail})
}

func (f faults) err() error {
	if len(f) == 0 {
		return nil
	}
	return &bodyError{f}
}

// member stores the value of a member, or tells what is wrong with it.
type member func(value jsontext.Value, pointer string, f *faults)

// decodeObject takes an object apart, member by member, so that one bad member
// doesn't hide the others: they go to f. The error is that the body is malformed, or
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
	for err == nil && dec.PeekKind() != '}' {
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
	pointer := string(jsontext.Pointer("").AppendToken(text))
	if store, known := members[text]; known {
		store(value, pointer, f)
	} else {
		f.add(pointer, codeUnknownMember, "There is no such member.")
	}
	return nil
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
// it keep their index.
func texts(to **[]string) member {
	return func(value jsontext.Value, pointer string, f *faults) {
		if value.Kind() != '[' {
			f.add(pointer, codeWrongType, "This is a list of strings.")
			return
		}
		list := []string{}
		dec := jsontext.NewDecoder(bytes.NewReader(value))
		for _, err := dec.ReadToken(); err == nil && dec.PeekKind() != ']'; {
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
