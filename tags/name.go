package tags

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/seed-f0df946f/mediakit/fault"
	"github.com/seed-f0df946f/mediakit/internal/fold"
)

// MaxNameLength is the most runes a name has.
const MaxNameLength = 64

// Name is a tag's name in both of its forms.
type Name struct {
	Shown string // as it was given, without outer spaces and with single inner ones
	Key   string // folded: equal for all spellings of one tag
}

// ParseName checks a name and folds it. A name has 1 to [MaxNameLength] runes
// once outer spaces are cut and inner ones collapsed, of any script, emoji
// included. Control and bidi characters are refused, and so are characters that
// can't be seen, except where a script or an emoji is written with them. The
// error is an *InvalidError for the member "name".
func ParseName(s string) (Name, error) {
	shown, bad := clean(s)
	if bad == nil && fold.String(shown) == "" {
		bad = &FieldError{Code: fault.CodeRequired, Detail: "A tag needs a name."}
	}
	if bad == nil && utf8.RuneCountInString(shown) > MaxNameLength {
		bad = &FieldError{Code: fault.CodeTooLong, Detail: "A tag's name has at most 64 characters."}
	}
	if bad != nil {
		bad.Field = "name"
		return Name{}, &InvalidError{Fields: []FieldError{*bad}}
	}
	return Name{Shown: shown, Key: fold.String(shown)}, nil
}

// FoldPrefix folds the beginning of a name, for [Query].Prefix. Empty is the
// beginning of every name. What no name can hold is an *InvalidError for the
// member "prefix".
func FoldPrefix(s string) (string, error) {
	shown, bad := clean(s)
	if bad == nil && utf8.RuneCountInString(shown) > MaxNameLength {
		bad = &FieldError{Code: fault.CodeTooLong, Detail: "A prefix has at most 64 characters."}
	}
	if bad != nil {
		bad.Field = "prefix"
		return "", &InvalidError{Fields: []FieldError{*bad}}
	}
	return fold.String(shown), nil
}

// clean cuts and collapses spaces, drops selectors that choose nothing, and
// refuses what no name may hold.
func clean(s string) (string, *FieldError) {
	if !utf8.ValidString(s) {
		return "", &FieldError{Code: fault.CodeInvalid, Detail: "A name is text in UTF-8."}
	}
	rs := []rune(s)
	for i, r := range rs {
		if refused(rs, i) {
			return "", &FieldError{Code: fault.CodeNotAllowed, Detail: "A name can't hold " + describe(r) + "."}
		}
	}
	return strings.Join(strings.FieldsFunc(dropStray(rs), isSpace), " "), nil
}

// dropStray drops each selector that has no character before it to choose the form
// of. It can't be seen, and between spaces would keep them apart.
func dropStray(rs []rune) string {
	kept := make([]rune, 0, len(rs))
	for _, r := range rs {
		if fold.IsSelector(r) && (len(kept) == 0 || isSpace(kept[len(kept)-1]) || fold.IsSelector(kept[len(kept)-1])) {
			continue
		}
		kept = append(kept, r)
	}
	return string(kept)
}

func isSpace(r rune) bool { return unicode.Is(unicode.Zs, r) }
