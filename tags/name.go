package tags

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
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
	if bad == nil && Fold(shown) == "" {
		bad = &FieldError{Code: CodeRequired, Detail: "A tag needs a name."}
	}
	if bad == nil && utf8.RuneCountInString(shown) > MaxNameLength {
		bad = &FieldError{Code: CodeTooLong, Detail: "A tag's name has at most 64 characters."}
	}
	if bad != nil {
		bad.Field = "name"
		return Name{}, &InvalidError{Fields: []FieldError{*bad}}
	}
	return Name{Shown: shown, Key: Fold(shown)}, nil
}

// FoldPrefix folds the beginning of a name, for [Query].Prefix. Empty is the
// beginning of every name. What no name can hold is an *InvalidError for the
// member "prefix".
func FoldPrefix(s string) (string, error) {
	shown, bad := clean(s)
	if bad == nil && utf8.RuneCountInString(shown) > MaxNameLength {
		bad = &FieldError{Code: CodeTooLong, Detail: "A prefix has at most 64 characters."}
	}
	if bad != nil {
		bad.Field = "prefix"
		return "", &InvalidError{Fields: []FieldError{*bad}}
	}
	return Fold(shown), nil
}

// Fold returns s in the form in which two spellings of one text are equal: width
// and case folded, in NFC, without the selectors that only choose between the
// text and the emoji form of a character (U+FE0E, U+FE0F).
//
// These are the mappings of a PRECIS profile (RFC 8264), applied until nothing
// changes any more, as its section 7 asks, so that folding is idempotent. PRECIS
// string classes are not used: they refuse the joiners and selectors that emoji
// are made of, and every character younger than their tables.
func Fold(s string) string {
	const rounds = 4 // two are the most that any text has been seen to need
	fold := cases.Fold()
	for range rounds {
		folded := norm.NFC.String(fold.String(width.Fold.String(dropSelectors(s))))
		if folded == s {
			break
		}
		s = folded
	}
	return s
}

func dropSelectors(s string) string {
	return strings.Map(func(r rune) rune {
		if isSelector(r) {
			return -1
		}
		return r
	}, s)
}

// clean cuts and collapses spaces, drops selectors that choose nothing, and
// refuses what no name may hold.
func clean(s string) (string, *FieldError) {
	if !utf8.ValidString(s) {
		return "", &FieldError{Code: CodeInvalid, Detail: "A name is text in UTF-8."}
	}
	rs := []rune(s)
	for i, r := range rs {
		if refused(rs, i) {
			return "", &FieldError{Code: CodeNotAllowed, Detail: "A name can't hold " + describe(r) + "."}
		}
	}
	return strings.Join(strings.FieldsFunc(dropStray(rs), isSpace), " "), nil
}

// dropStray drops each selector that has no character before it to choose the form
// of. It can't be seen, and between spaces would keep them apart.
func dropStray(rs []rune) string {
	kept := make([]rune, 0, len(rs))
	for _, r := range rs {
		if isSelector(r) && (len(kept) == 0 || isSpace(kept[len(kept)-1]) || isSelector(kept[len(kept)-1])) {
			continue
		}
		kept = append(kept, r)
	}
	return string(kept)
}

func isSpace(r rune) bool { return unicode.Is(unicode.Zs, r) }
