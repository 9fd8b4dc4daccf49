package tags

import (
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/seed-f0df946f/mediakit/internal/fold"
)

const (
	zwnj           = '\u200C' // zero width non-joiner
	zwj            = '\u200D' // zero width joiner
	graphemeJoiner = '\u034F' // combining grapheme joiner
	vowelSeparator = '\u180E' // Mongolian vowel separator
	blackFlag      = '\U0001F3F4'
	cancelTag      = '\U000E007F'
)

// isPasted holds for what is copied along with a text and can't be seen.
func isPasted(r rune) bool {
	switch r {
	case '\u00AD', '\u200B', '\u2060', '\uFEFF', // soft hyphen, zero width space, word joiner, byte order mark
		'\u061C', '\u200E', '\u200F', // direction marks
		'\u202A', '\u202B', '\u202C', // embeddings and their end
		'\u2066', '\u2067', '\u2068', '\u2069': // isolates and their end
		return true
	}
	return false
}

// isUnfinished holds for runes at which no name ends, but what has been typed of it
// so far may.
func isUnfinished(r rune) bool {
	switch r {
	case zwnj, zwj, graphemeJoiner, vowelSeparator:
		return true
	}
	return fold.IsFlagTag(r) && r != cancelTag
}

// firstRefused returns the first rune that no name may hold, if there is one.
func firstRefused(rs text) (rune, bool) {
	for i := 0; i < len(rs); i++ {
		if rs.refused(i) {
			return rs[i], true
		}
		if rs[i] == blackFlag {
			i += regionLength(rs[i+1:])
		}
	}
	return 0, false
}

// text is a name's runes. What a joiner or a selector may do depends on those around it.
type text []rune

// at returns the rune at i, or 0 beyond the ends.
func (rs text) at(i int) rune {
	if i < 0 || i >= len(rs) {
		return 0
	}
	return rs[i]
}

// refused reports whether no name may hold the rune at i: what breaks a line or a log,
// turns the direction of the text around it, stands for bytes that were lost, or can't
// be seen, so that two names would look the same.
func (rs text) refused(i int) bool {
	switch r := rs[i]; {
	case r == zwj:
		return !rs.joinsEmoji(i) && !rs.joinsLetters(i)
	case r == zwnj:
		return !rs.joinsLetters(i)
	case r == graphemeJoiner:
		return !isLetter(rs.at(i-1)) && !isMark(rs.at(i-1)) || !isMark(rs.at(i+1))
	case r == vowelSeparator:
		return !rs.separatesVowel(i)
	case unicode.Is(unicode.Variation_Selector, r):
		return !rs.selects(i)
	case isShorthandControl(r):
		return !unicode.Is(unicode.Duployan, rs.at(i-1))
	case unicode.Is(unicode.Prepended_Concatenation_Mark, r), isHieroglyphControl(r):
		return false // format characters that are seen, or that a script is laid out by
	}
	return unicode.In(rs[i], unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp,
		unicode.Noncharacter_Code_Point, unicode.Other_Default_Ignorable_Code_Point) || rs[i] == unicode.ReplacementChar
}

// joinsLetters reports whether a script uses the joiner or non-joiner at i so.
//
// It allows more than RFC 5892, appendix A, which doesn't know joiners that stand before
// a mark, nor ligatures. Between the letters of a cursive script it knows non-joiners
// alone, and only if both letters would join. But Persian's plural has a non-joiner
// behind every letter, and a letter h with a joiner behind it is short for hijri.
func (rs text) joinsLetters(i int) bool {
	// Bengali and Kannada write it before a virama, others before a vowel sign, Hebrew
	// before a point.
	before, after := rs.at(i-1), rs.at(i+1)
	if (isLetter(before) || isMark(before)) && isMark(after) && !unicode.Is(unicode.Inherited, after) {
		return true
	}
	for i--; unicode.Is(unicode.M, rs.at(i)); i-- {
		if isVirama(rs.at(i)) {
			return true // most Indic scripts: half letters, and ligatures or none
		}
	}
	return isLetter(rs.at(i)) && unicode.In(rs.at(i), joining...)
}

// joining are the scripts whose letters join each other, or make ligatures if there is
// a joiner between them.
var joining = []*unicode.RangeTable{
	unicode.Adlam, unicode.Arabic, unicode.Avestan, unicode.Chorasmian, unicode.Hanifi_Rohingya, unicode.Mandaic,
	unicode.Manichaean, unicode.Mongolian, unicode.Nko, unicode.Old_Hungarian, unicode.Old_Uyghur, unicode.Phags_Pa,
	unicode.Psalter_Pahlavi, unicode.Sogdian, unicode.Syriac, unicode.Tifinagh,
}

// separatesVowel reports whether the vowel separator at i stands between two Mongolian
// letters; a selector may have chosen the form of the first.
func (rs text) separatesVowel(i int) bool {
	before := rs.at(i - 1)
	if unicode.Is(unicode.Variation_Selector, before) {
		before = rs.at(i - 2)
	}
	after := rs.at(i + 1)
	return isLetter(before) && isLetter(after) && unicode.Is(unicode.Mongolian, before) && unicode.Is(unicode.Mongolian, after)
}

// selects reports whether the variation selector at i has a character before it that
// it may choose the form of (Unicode's StandardizedVariants.txt and UTS 37).
func (rs text) selects(i int) bool {
	before := rs.at(i - 1)
	switch r := rs[i]; {
	case isEmojiSelector(r):
		return true // a stray one has been dropped
	case r < 0xFE00:
		return isLetter(before) && unicode.Is(unicode.Mongolian, before)
	case r > 0xFFFF:
		return unicode.Is(unicode.Han, before)
	}
	return unicode.In(before, unicode.Egyptian_Hieroglyphs, unicode.Han, unicode.Manichaean, unicode.Myanmar, unicode.Phags_Pa)
}

// joinsEmoji reports whether the joiner at i stands between two pictographs; the first
// may carry a skin tone or a selector (UTS 51, ED-16).
func (rs text) joinsEmoji(i int) bool {
	before := i - 1
	for isSkinTone(rs.at(before)) || isEmojiSelector(rs.at(before)) {
		before--
	}
	return unicode.Is(pictographs, rs.at(before)) && unicode.Is(pictographs, rs.at(i+1))
}

// pictographs takes in whole blocks, so that emoji younger than the Go release work
// too. Skin tones and the letters of flags are none.
var pictographs = &unicode.RangeTable{
	R16: []unicode.Range16{
		{Lo: 0x2190, Hi: 0x21FF, Stride: 1}, // arrows
		{Lo: 0x2300, Hi: 0x23FF, Stride: 1},
		{Lo: 0x25A0, Hi: 0x27BF, Stride: 1},
		{Lo: 0x2900, Hi: 0x297F, Stride: 1}, // arrows
		{Lo: 0x2B00, Hi: 0x2BFF, Stride: 1},
	},
	R32: []unicode.Range32{
		{Lo: 0x1F000, Hi: 0x1F1E5, Stride: 1},
		{Lo: 0x1F200, Hi: 0x1F3FA, Stride: 1},
		{Lo: 0x1F400, Hi: 0x1FAFF, Stride: 1},
		{Lo: 0x1FC00, Hi: 0x1FFFD, Stride: 1},
	},
}

// regionLength returns the number of runes with which rs, the text behind a black flag,
// spells a region: its code in tags, such as gbeng, and the tag that ends it (UTS 51,
// ED-14a). It is 0 if rs spells none.
func regionLength(rs text) int {
	n := 0
	for isRegionTag(rs.at(n)) {
		n++
	}
	const shortest, longest = 3, 7 // CLDR: a country of 2 or 3 characters, and 1 to 4 behind it
	if n < shortest || n > longest || rs.at(n) != cancelTag {
		return 0
	}
	return n + 1
}

// isRegionTag holds for the tags of digits and small letters.
func isRegionTag(r rune) bool {
	return r >= 0xE0030 && r <= 0xE0039 || r >= 0xE0061 && r <= 0xE007A
}

func isEmojiSelector(r rune) bool { return r == '\uFE0E' || r == '\uFE0F' }
func isSkinTone(r rune) bool      { return r >= 0x1F3FB && r <= 0x1F3FF }

// The controls say how shorthand and hieroglyphs are laid out.
func isShorthandControl(r rune) bool  { return r >= 0x1BCA0 && r <= 0x1BCA3 }
func isHieroglyphControl(r rune) bool { return r >= 0x13430 && r <= 0x1343F }

func isLetter(r rune) bool { return unicode.Is(unicode.L, r) }

// isMark holds for marks that can be seen.
func isMark(r rune) bool {
	return unicode.Is(unicode.M, r) && r != graphemeJoiner && !unicode.Is(unicode.Variation_Selector, r)
}

// isVirama holds for the marks with the canonical combining class 9.
func isVirama(r rune) bool { return norm.NFC.PropertiesString(string(r)).CCC() == 9 }
