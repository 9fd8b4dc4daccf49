package tags

import (
	"fmt"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/seed-f0df946f/mediakit/internal/fold"
)

const (
	zwnj        = '\u200C' // zero width non-joiner
	zwj         = '\u200D' // zero width joiner
	blackFlag   = '\U0001F3F4'
	cancelTag   = '\U000E007F'
	viramaClass = 9
)

// describe names a refused character by its code point: it may be invisible.
func describe(r rune) string { return fmt.Sprintf("the character U+%04X", r) }

// refused reports whether no name may hold the rune at i: what breaks a line or
// a log, turns the direction of the text around it, stands for bytes that were
// lost, or can't be seen, so that two names would look the same.
func refused(rs []rune, i int) bool {
	switch r := rs[i]; {
	case r == zwj:
		return !joinsEmoji(rs, i) && !followsVirama(rs, i)
	case r == zwnj:
		return !betweenLetters(rs, i)
	case fold.IsSelector(r):
		return false // dropped by folding
	case isFlagTag(r), r == cancelTag:
		return !inFlag(rs, i)
	case isMongolianSelector(r):
		return i == 0 || !unicode.Is(unicode.Mongolian, rs[i-1])
	case unicode.Is(unicode.Prepended_Concatenation_Mark, r), isScriptControl(r):
		return false // format characters that are seen, or that a script is laid out by
	}
	return unicode.In(rs[i], unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp,
		unicode.Bidi_Control, unicode.Noncharacter_Code_Point, unicode.Variation_Selector,
		unicode.Other_Default_Ignorable_Code_Point) || rs[i] == unicode.ReplacementChar
}

// joinsEmoji reports whether the joiner at i stands between two pictographs; the
// first may carry a skin tone or a selector.
func joinsEmoji(rs []rune, i int) bool {
	before := i - 1
	for before >= 0 && (isSkinTone(rs[before]) || fold.IsSelector(rs[before])) {
		before--
	}
	return before >= 0 && isPictograph(rs[before]) && i+1 < len(rs) && isPictograph(rs[i+1])
}

// followsVirama is the rule of RFC 5892, appendix A.2: Indic scripts join
// consonants so. Without it, names as common as Sri Lanka's own can't be written.
func followsVirama(rs []rune, i int) bool { return i > 0 && isVirama(rs[i-1]) }

// betweenLetters holds for the joiner at i where letters or their marks stand on
// both sides, as Persian and others need it.
func betweenLetters(rs []rune, i int) bool {
	isLetter := func(r rune) bool { return unicode.In(r, unicode.L, unicode.M) }
	return i > 0 && i+1 < len(rs) && isLetter(rs[i-1]) && isLetter(rs[i+1])
}

// inFlag reports whether the tag character at i belongs to a flag: a black flag,
// then tags that spell a region, then the cancel tag (Unicode TR 51, ED-14a).
func inFlag(rs []rune, i int) bool {
	start := i
	for start >= 0 && (isFlagTag(rs[start]) || start == i) {
		start--
	}
	end := i
	for end < len(rs) && isFlagTag(rs[end]) {
		end++
	}
	return start >= 0 && rs[start] == blackFlag && start+1 < end && end < len(rs) && rs[end] == cancelTag
}

func isFlagTag(r rune) bool  { return r >= 0xE0020 && r < cancelTag }
func isSkinTone(r rune) bool { return r >= 0x1F3FB && r <= 0x1F3FF }

// isPictograph takes in whole blocks, so that emoji younger than the tables of
// the Go release work too, and the arrows that emoji sequences point with.
func isPictograph(r rune) bool {
	return unicode.Is(unicode.So, r) || r >= 0x1F000 && r <= 0x1FAFF || r >= 0x2190 && r <= 0x21FF
}

// isMongolianSelector holds for the free variation selectors, which choose
// between the forms of a Mongolian letter.
func isMongolianSelector(r rune) bool { return r >= 0x180B && r <= 0x180D || r == 0x180F }

// isScriptControl holds for the format characters of hieroglyphs and shorthand.
func isScriptControl(r rune) bool {
	return r >= 0x13430 && r <= 0x1343F || r >= 0x1BCA0 && r <= 0x1BCA3
}

// isVirama holds for the marks with the canonical combining class 9.
func isVirama(r rune) bool { return norm.NFC.PropertiesString(string(r)).CCC() == viramaClass }
