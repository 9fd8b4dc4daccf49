// Package fold decides when two texts are one: tag names and filenames are compared
// and searched in their folded form.
package fold

import (
	"strings"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// String returns s in the form in which all spellings of one text are equal: width
// and case folded, in NFC, without the selectors U+FE0E and U+FE0F, which only choose
// between the text and the emoji form of a character.
//
// These are the mappings of a PRECIS profile (RFC 8264). They are applied until nothing
// changes any more, as its section 7 asks, so that folding is idempotent. PRECIS string
// classes are not used: they refuse the joiners and selectors that emoji are made of,
// and every character that is younger than their tables.
func String(s string) string {
	const rounds = 4 // no text is known to need more than two
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
		if IsSelector(r) {
			return -1
		}
		return r
	}, s)
}

// IsSelector reports whether r is U+FE0E or U+FE0F.
func IsSelector(r rune) bool { return r == '\uFE0E' || r == '\uFE0F' }
