package tags

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/seed-f0df946f/mediakit/fault"
	"github.com/seed-f0df946f/mediakit/internal/fold"
)

const (
	// MaxNameLength is the most runes that a name has, as it is shown.
	MaxNameLength = 64
	// MaxNameBytes is the most bytes in which a name is given, together with all that
	// [ParseName] drops from it. The longest name takes 256 bytes, so that 60 bytes
	// may come along with each of its runes.
	MaxNameBytes = 4096
)

// Name is a tag's name in both of its forms.
type Name struct {
	Shown string // as it was given, without what ParseName drops
	Key   string // the tag key: folded, and equal for all spellings of one tag
}

// ParseName checks a name and folds it. Every script and every emoji works.
//
// What is invisible and came along with a paste is dropped: soft hyphens, zero width
// spaces, word joiners, byte order marks, and the marks, embeddings and isolates that
// choose a direction. Outer spaces are cut, and inner ones become a single space each.
// What is left has 1 to [MaxNameLength] runes.
//
// Refused are control characters, direction overrides, U+FFFD, and what can't be seen:
// joiners and selectors too, unless their script or an emoji is written with them. The
// error is an *InvalidError for the member "name".
//
// Two names are one tag if their keys are equal. Keys hold no joiners and no selectors:
// whether one of them changes what is seen depends on the font and the system, so two
// names that differ in nothing else may look the same. Package internal/fold tells the
// rest.
func ParseName(s string) (Name, error) {
	shown, bad := clean(s)
	if bad == nil && shown == "" {
		bad = &FieldError{Code: fault.CodeRequired, Detail: "A tag needs a name."}
	}
	if bad == nil {
		bad = refuse(shown)
	}
	if bad != nil {
		return Name{}, invalid("name", bad.Code, bad.Detail)
	}
	return Name{Shown: shown, Key: fold.String(shown)}, nil
}

// FoldPrefix folds the beginning of a name, for [Query].Prefix. An empty prefix is the
// beginning of every name. It may end amid what a person is typing: after a joiner, or
// before the end of a flag. If no name can begin so, the error is an *InvalidError for
// the member "prefix".
func FoldPrefix(s string) (string, error) {
	begun, bad := clean(s)
	if bad == nil {
		begun = strings.TrimRight(strings.TrimRightFunc(begun, isUnfinished), " ")
		bad = refuse(begun)
	}
	if bad != nil {
		return "", invalid("prefix", bad.Code, bad.Detail)
	}
	return fold.String(begun), nil
}

// clean returns s as it is shown, if it is neither too long nor broken. The number of
// bytes is checked before any rune is looked at, so that no text costs more than the
// longest that is legal.
func clean(s string) (string, *FieldError) {
	if len(s) > MaxNameBytes {
		return "", &FieldError{Code: fault.CodeTooLong, Detail: "A name is given in at most 4,096 bytes."}
	}
	if !utf8.ValidString(s) {
		return "", &FieldError{Code: fault.CodeInvalid, Detail: "A name is text in UTF-8."}
	}
	shown := strings.Join(strings.FieldsFunc(dropUnseen(s), isSpace), " ")
	if utf8.RuneCountInString(shown) > MaxNameLength {
		return "", &FieldError{Code: fault.CodeTooLong, Detail: "A name has at most 64 characters."}
	}
	return shown, nil
}

// dropUnseen drops what a paste brings along, and each emoji selector that has no
// character before it to choose the form of: between two spaces it would keep them
// apart.
func dropUnseen(s string) string {
	var last rune
	return strings.Map(func(r rune) rune {
		if isPasted(r) || isEmojiSelector(r) && (last == 0 || isSpace(last) || isEmojiSelector(last)) {
			return -1
		}
		last = r
		return r
	}, s)
}

// refuse tells which rune no name may hold. It names the code point: the rune may be
// invisible.
func refuse(shown string) *FieldError {
	r, ok := firstRefused([]rune(shown))
	if !ok {
		return nil
	}
	return &FieldError{Code: fault.CodeNotAllowed, Detail: fmt.Sprintf("A name can't hold the character U+%04X here.", r)}
}

// isSpace holds for Unicode's spaces, and for braille's, which Unicode counts as a symbol.
func isSpace(r rune) bool { return unicode.Is(unicode.Zs, r) || r == '\u2800' }
