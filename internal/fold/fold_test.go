package fold_test

import (
	"strconv"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/language"
	"golang.org/x/text/unicode/norm"

	"github.com/seed-f0df946f/mediakit/internal/fold"
)

func TestString(t *testing.T) {
	for in, want := range map[string]string{
		"Straße":                 "strasse",
		"ＳＵＮ":                    "sun",
		"Cafe\u0301":             "café",
		"Σίσυφος":                "σίσυφοσ",
		"Ꭰ":                      "Ꭰ",
		"ꭰ":                      "Ꭰ", // CaseFolding.txt: the capital is the folded form
		"ᏸ":                      "Ᏸ",
		"می\u200Cخواهم":          "میخواهم",
		"👩\u200D🚀":               "👩🚀",
		"❤\uFE0F":                "❤",
		"葛\U000E0100":            "葛",
		"ᠮ\u180B":                "ᠮ",
		"a\u034F\u0308":          "ä",
		"ᾀ\u0300":                "ἂι",
		"ᾂ":                      "ἂι",
		"so\u00ADft":             "soft",
		"a\u115F\u3164":          "a",
		"\u0600\u0661":           "\u0600\u0661", // a sign that stands around the digits after it
		"\U00013431":             "\U00013431",
		"\uFFF9":                 "\uFFF9",
		"\uFFFB":                 "\uFFFB",
		"🏴\U000E0067\U000E007F":  "🏴\U000E0067\U000E007F",
		"🏴\U000E0020":            "🏴\U000E0020",
		"\U000E0001\U000E0080 a": " a",
	} {
		if got := fold.String(in); got != want {
			t.Errorf("String(%+q) = %+q; want %+q", in, got, want)
		}
	}
}

// TestStringFoldsTheCasesOfEveryRune takes every way that a program changes case.
func TestStringFoldsTheCasesOfEveryRune(t *testing.T) {
	// Turkish has two letters i. Outside of it the capital of ı is I, which is also the
	// capital of i; and the small letter of İ is i with a dot above, or without.
	apart := map[rune]bool{'ı': true, 'İ': true}
	upper, lower, title := cases.Upper(language.Und), cases.Lower(language.Und), cases.Title(language.Und)
	for r := range unicode.MaxRune + 1 {
		if !utf8.ValidRune(r) || apart[r] {
			continue
		}
		s := string(r)
		for _, other := range []string{
			string(unicode.SimpleFold(r)), string(unicode.ToUpper(r)), string(unicode.ToLower(r)), string(unicode.ToTitle(r)),
			upper.String(s), lower.String(s), title.String(s),
		} {
			if other != s && fold.String(other) != fold.String(s) {
				t.Errorf("String(%+q) = %+q, but of its other case %+q it is %+q", s, fold.String(s), other, fold.String(other))
			}
		}
	}
}

func TestStringOfEveryRuneIsFolded(t *testing.T) {
	for r := range unicode.MaxRune + 1 {
		if !unicode.IsGraphic(r) && !unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Unified_Ideograph, r) {
			continue // most of the code points, and none of them folds
		}
		// U+0345 turns from a mark into a letter when it is folded.
		for _, s := range []string{string(r), string(r) + "\u0345", "a" + string(r) + "\u0301"} {
			once := fold.String(s)
			if twice := fold.String(once); twice != once {
				t.Errorf("String(%+q) = %+q, and folded again %+q", s, once, twice)
			}
			if !norm.NFC.IsNormalString(once) {
				t.Errorf("String(%+q) = %+q isn't in NFC", s, once)
			}
		}
	}
}

func FuzzString(f *testing.F) {
	for _, s := range []string{
		"Straße", "İstanbul", "ﾊﾟ", "ᾳ\u0345", "Ǆ", "🏳\uFE0F\u200D🌈", "a\u0301\u0323", "ϓ", "\u0344", "a \uFE0F b", "Ꭰꭰ", "ᠯ\u180Eᠠ", "ᾀ\u0340",
		strings.Repeat("\u0301", 40) + "\u034F\u0323",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := fold.String(s)
		if twice := fold.String(once); twice != once {
			t.Errorf("String(%+q) = %+q, and folded again %+q", s, once, twice)
		}
		if composed := fold.String(norm.NFC.String(s)); utf8.ValidString(s) && composed != once {
			t.Errorf("String(%+q) = %+q, but of its NFC it is %+q", s, once, composed)
		}
	})
}

// BenchmarkString folds texts whose marks would have to be sorted if it weren't for a
// bound on how many belong to one letter.
func BenchmarkString(b *testing.B) {
	for name, text := range map[string]string{"letters": "Ä", "marks": "\u0323\u0301", "joiners": "\u200D", "flag": "\U000E0067"} {
		for _, size := range []int{256, 1024, 64 << 10} {
			s := strings.Repeat(text, size/len(text))
			b.Run(name+"/"+strconv.Itoa(size), func(b *testing.B) {
				b.SetBytes(int64(len(s)))
				for b.Loop() {
					fold.String(s)
				}
			})
		}
	}
}
