// Package fold decides when two texts are one: tag names and filenames are compared
// and searched in their folded form.
package fold

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/width"
)

// String returns s in the form in which all spellings of one text are equal: width
// and case folded, in NFC, without what can't be seen. It takes time in proportion to
// the length of s.
//
// Folding drops the characters with the property Default_Ignorable_Code_Point, as
// Unicode's own NFKC_Casefold does (UAX 44). Among them are joiners and variation
// selectors. They choose between the forms of the characters around them, and often
// nothing can be seen of that: it depends on the font, and with emoji on the system.
// So two texts that differ in them alone are one. The tags that spell the region of a
// flag are kept: the flags of England and Scotland differ in nothing else.
//
// Width, case and NFC are the mappings of a PRECIS profile (RFC 8264). They are applied
// until nothing changes any more, as its section 7 asks, so that folding is idempotent.
// Case is folded in NFD, so that canonically equivalent texts stay equal: folding makes
// a letter of the mark U+0345 (The Unicode Standard, D145).
// PRECIS string classes are not used: they refuse the joiners and selectors that emoji
// are made of, and every character that is younger than their tables.
func String(s string) string {
	const rounds = 4 // no text is known to need more than two
	fold := cases.Fold()
	for range rounds {
		folded := strings.Map(dropIgnorable, s)
		folded = norm.NFD.String(width.Fold.String(folded))
		folded = norm.NFC.String(strings.Map(foldCherokee, fold.String(folded)))
		if folded == s {
			break
		}
		s = folded
	}
	return s
}

func dropIgnorable(r rune) rune {
	if isIgnorable(r) {
		return -1
	}
	return r
}

// isIgnorable reports whether r is a Default_Ignorable_Code_Point and no tag of a flag.
// Package unicode has no table of the property, but those that it is derived from.
func isIgnorable(r rune) bool {
	switch {
	case r < '\u00AD': // the first of them
		return false
	case IsFlagTag(r),
		unicode.Is(unicode.Prepended_Concatenation_Mark, r),
		r >= '\uFFF9' && r <= '\uFFFB',         // interlinear annotation
		r >= '\U00013430' && r <= '\U0001343F': // controls of hieroglyphs
		return false
	}
	return unicode.In(r, unicode.Cf, unicode.Variation_Selector, unicode.Other_Default_Ignorable_Code_Point)
}

// IsFlagTag reports whether r is one of the tags U+E0020 to U+E007F. They can't be seen
// themselves; behind a black flag they spell its region.
func IsFlagTag(r rune) bool { return r >= '\U000E0020' && r <= '\U000E007F' }

// foldCherokee makes capitals of Cherokee's letters, as Unicode's CaseFolding.txt does:
// the small letters are younger. Package cases exchanges the two.
func foldCherokee(r rune) rune {
	if unicode.Is(unicode.Cherokee, r) {
		return unicode.ToUpper(r)
	}
	return r
}
