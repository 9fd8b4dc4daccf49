package httpapi

import (
	"errors"
	"reflect"
	"strings"

	"github.com/go-playground/validator/v10"

	"github.com/seed-f0df946f/mediakit/fault"
	"github.com/seed-f0df946f/mediakit/httpapi/internal/wire"
	"github.com/seed-f0df946f/mediakit/media"
)

// newShapes returns a validator for the form of wire types. It calls members by their
// names in JSON.
func newShapes() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(func(field reflect.StructField) string {
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		return name
	})
	digest := func(field validator.FieldLevel) bool {
		d, err := media.ParseDigest(field.Field().String())
		return err == nil && !d.IsZero()
	}
	if err := v.RegisterValidation("digest", digest); err != nil {
		panic(err) // the name is empty or reserved
	}
	return v
}

// checkShape adds what is wrong with the form of a wire type.
func (a *api) checkShape(body any, f *faults) {
	var invalid validator.ValidationErrors
	if errors.As(a.shapes.Struct(body), &invalid) {
		for _, bad := range invalid {
			code, detail := shapeFault(bad.Tag())
			f.add("/"+bad.Field(), code, detail)
		}
	}
}

const digestDetail = "A sha256 is 64 hex digits, not all of them zero."

// shapeFault describes a rule that a member breaks.
func shapeFault(rule string) (code, detail string) {
	switch rule {
	case "required":
		return string(fault.CodeRequired), "This member is required."
	case "digest":
		return string(fault.CodeInvalid), digestDetail
	}
	return string(fault.CodeInvalid), "This is not of the right form."
}

// The members of each body.

func nameTagMembers(b *wire.NameTag) map[string]member {
	return map[string]member{"name": text(&b.Name)}
}

func createMediaMembers(b *wire.CreateMedia) map[string]member {
	return map[string]member{
		"filename": text(&b.Filename), "content_type": text(&b.ContentType),
		"size": integer(&b.Size), "sha256": text(&b.SHA256), "tags": texts(&b.Tags, media.MaxTags),
	}
}

func updateMediaMembers(b *wire.UpdateMedia) map[string]member {
	return map[string]member{"filename": text(&b.Filename), "tags": texts(&b.Tags, media.MaxTags)}
}

func retagMediaMembers(b *wire.RetagMedia) map[string]member {
	return map[string]member{
		"ids": texts(&b.IDs, media.MaxRetag), "add": texts(&b.Add, media.MaxTags), "remove": texts(&b.Remove, media.MaxTags),
	}
}

func mergeTagMembers(b *wire.MergeTag) map[string]member {
	return map[string]member{"into": text(&b.Into)}
}

func finalizeMediaMembers(b *wire.FinalizeMedia) map[string]member {
	return map[string]member{"id": text(&b.ID)}
}
