package tags_test

import (
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/seed-f0df946f/mediakit/fault"
	"github.com/seed-f0df946f/mediakit/tags"
)

func TestParseNameFolds(t *testing.T) {
	for _, c := range []struct{ in, shown, key string }{
		{"Sunset", "Sunset", "sunset"},
		{"  Sunset \u3000 Beach ", "Sunset Beach", "sunset beach"},
		{"ＳＵＮＳＥＴ", "ＳＵＮＳＥＴ", "sunset"},
		{"ｶﾞｲﾄﾞ", "ｶﾞｲﾄﾞ", "ガイド"},
		{"Straße", "Straße", "strasse"},
		{"Cafe\u0301", "Cafe\u0301", "café"},
		{"ΣΊΣΥΦΟΣ", "ΣΊΣΥΦΟΣ", "σίσυφοσ"},
		{"❤\uFE0F", "❤\uFE0F", "❤"},
		{"❤\uFE0E", "❤\uFE0E", "❤"},
		{"\uFE0Fa \uFE0F b\uFE0F\uFE0E", "a b\uFE0F", "a b"}, // chooses nothing, and is not seen
		{"a'\"\\?$1%_", "a'\"\\?$1%_", "a'\"\\?$1%_"},
	} {
		got, err := tags.ParseName(c.in)
		if err != nil || got.Shown != c.shown || got.Key != c.key {
			t.Errorf("ParseName(%q) = %q, %q, %v; want %q, %q", c.in, got.Shown, got.Key, err, c.shown, c.key)
		}
	}
}

func TestParseNameDropsWhatAPasteBringsAlong(t *testing.T) {
	for _, r := range "\u00AD\u061C\u200B\u200E\u200F\u202A\u202B\u202C\u2060\u2066\u2067\u2068\u2069\uFEFF" {
		for _, in := range []string{"a" + string(r) + "b", string(r) + "ab", "ab" + string(r), " " + string(r) + " ab"} {
			if got, err := tags.ParseName(in); err != nil || got.Shown != "ab" {
				t.Errorf("ParseName(%+q) = %+q, %v; want ab", in, got.Shown, err)
			}
		}
		if got, err := tags.ParseName("👩\u200D" + string(r) + "🚀"); err != nil || got.Shown != "👩\u200D🚀" {
			t.Errorf("amid an emoji, U+%04X makes it %+q, %v", r, got.Shown, err)
		}
	}
}

func TestParseNameRefusesEmptyNames(t *testing.T) {
	for _, name := range []string{"", " \u3000 ", "\u00A0\u1680\u2007\u202F\u205F", "\u2800", "\uFE0F", "\uFE0F \uFE0F", "\u200B", "\uFEFF \u00AD", "\u2067\u2069"} {
		wantCode(t, name, fault.CodeRequired)
	}
}

func TestParseNameRefusesWhatBreaksLinesOrCantBeSeen(t *testing.T) {
	for _, r := range "\x00\t\n\r\x1B\x7F\u0085\u115F\u1160\u17B4\u17B5\u2028\u2029\u202D\u202E\u2061\u2064\u206A\u206F\u3164\uFDD0\uFFA0\uFFF9\uFFFB\uFFFD\U0001D173\U000E0001\U000E0080\U0010FFFF" {
		wantRefused(t, "a"+string(r)+"b")
	}
	wantCode(t, string([]byte{'a', 0xC3}), fault.CodeInvalid)
}

func TestParseNameLength(t *testing.T) {
	for _, name := range []string{
		strings.Repeat("字", 64),
		strings.Repeat("😀", 64),
		strings.Repeat("a", 64) + "   ",
		"\u2067" + strings.Repeat("a\u00AD", 64) + "\u2069", // dropped before it is counted
		strings.Repeat("\u200B", (4096-1)/3) + "a",
	} {
		if _, err := tags.ParseName(name); err != nil {
			t.Errorf("%d runes, %d bytes: %v", utf8.RuneCountInString(name), len(name), err)
		}
	}
	for _, name := range []string{
		strings.Repeat("a", 65),
		strings.Repeat("a ", 32) + "a",
		strings.Repeat("a", 4097),
		strings.Repeat(" ", 4096) + "a",
		strings.Repeat("\u200B", 4096/3) + "ab",
		strings.Repeat("\x00", 64<<10), // refused for its length: what it holds wasn't looked at
	} {
		wantCode(t, name, fault.CodeTooLong)
	}
}

// TestKeysFitIntoTheDatabase compares the longest tag key of every rune with the schema's
// limit.
func TestKeysFitIntoTheDatabase(t *testing.T) {
	const limit = 1024 // bytes; migrations/*/*_media_and_tags.sql
	for r := range unicode.MaxRune + 1 {
		if !unicode.IsGraphic(r) && !unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Unified_Ideograph, r) {
			continue // most of the code points; none of them folds
		}
		name, err := tags.ParseName(string(r))
		if longest := tags.MaxNameLength * len(name.Key); err == nil && (longest < 1 || longest > limit) {
			t.Errorf("%d runes U+%04X make a tag key of %d bytes; want 1 to %d", tags.MaxNameLength, r, longest, limit)
		}
	}
}

func TestFoldPrefix(t *testing.T) {
	for in, want := range map[string]string{
		"":                      "",
		" ":                     "",
		"SUN ":                  "sun",
		"Sun b":                 "sun b",
		"\u200BSun":             "sun",
		"می\u200C":              "می",
		"👩\u200D":               "👩",
		"ᠯ\u180E":               "ᠯ",
		"u\u034F":               "u",
		"\u200D":                "",
		"a \u200D":              "a",
		"🏴\U000E0067\U000E0062": "🏴",
	} {
		got, err := tags.FoldPrefix(in)
		if err != nil || got != want {
			t.Errorf("FoldPrefix(%+q) = %+q, %v; want %+q", in, got, err, want)
		}
	}
	for in, want := range map[string]fault.Code{
		strings.Repeat("a", 65):           fault.CodeTooLong,
		strings.Repeat(" ", 4097):         fault.CodeTooLong,
		"a\nb":                            fault.CodeNotAllowed,
		"a\u200Db":                        fault.CodeNotAllowed,
		"🏴\U000E0067\U000E0062\U000E007F": fault.CodeNotAllowed, // no region is so short
		"\xC3":                            fault.CodeInvalid,
	} {
		_, err := tags.FoldPrefix(in)
		wantInvalid(t, err, "prefix", want)
	}
}

func keyOf(t *testing.T, name string) string {
	t.Helper()
	parsed, err := tags.ParseName(name)
	if err != nil {
		t.Errorf("ParseName(%+q): %v", name, err)
	}
	return parsed.Key
}

func wantRefused(t *testing.T, name string) {
	t.Helper()
	wantCode(t, name, fault.CodeNotAllowed)
}

func wantCode(t *testing.T, name string, code fault.Code) {
	t.Helper()
	parsed, err := tags.ParseName(name)
	if parsed != (tags.Name{}) {
		t.Errorf("ParseName(%+.100q) = %+q; want nothing", name, parsed)
	}
	wantInvalid(t, err, "name", code)
}

func wantInvalid(t *testing.T, err error, field string, code fault.Code) {
	t.Helper()
	var invalid *tags.InvalidError
	if !errors.As(err, &invalid) || len(invalid.Fields) != 1 || invalid.Fields[0].Field != field || invalid.Fields[0].Code != code {
		t.Errorf("got %v; want the code %s for %s", err, code, field)
	}
}

func isTooLong(err error) bool {
	var invalid *tags.InvalidError
	return errors.As(err, &invalid) && invalid.Fields[0].Code == fault.CodeTooLong
}

func FuzzParseName(f *testing.F) {
	for _, w := range words {
		f.Add(w.word)
	}
	for _, s := range []string{"ﾊﾟ", "ᾳ\u0345", "Ǆ", "🏳\uFE0F\u200D🌈", "a\u0301\u0323", "ϓ", "\u0344", "a \uFE0F b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		name, err := tags.ParseName(s)
		if err != nil {
			return
		}
		if name.Key == "" {
			t.Errorf("the key of %+q is empty", s)
		}
		if again, err := tags.ParseName(name.Shown); err != nil || again != name {
			t.Errorf("ParseName(%+q) = %+q, and of its own spelling %+q, %v", s, name, again, err)
		}
		if again, err := tags.ParseName(name.Key); err != nil && !isTooLong(err) || err == nil && again.Key != name.Key {
			t.Errorf("the key of %+q, %+q, is no name: %v, or another's: %+q", s, name.Key, err, again.Key)
		}
		for _, form := range []norm.Form{norm.NFC, norm.NFD} {
			if other, err := tags.ParseName(form.String(s)); err != nil && !isTooLong(err) || err == nil && other.Key != name.Key {
				t.Errorf("the key of %+q is %+q, but in another form %+q, %v", s, name.Key, other.Key, err)
			}
		}
		if prefix, err := tags.FoldPrefix(s); err != nil || prefix != name.Key {
			t.Errorf("FoldPrefix(%+q) = %+q, %v; want %+q", s, prefix, err, name.Key)
		}
	})
}

// BenchmarkParseName takes names of 64 KiB, as a request's body may hold, and the
// costliest of legal length.
func BenchmarkParseName(b *testing.B) {
	for kind, part := range map[string]string{
		"letters": "a", "flag": "🏴\U000E0067\U000E0062", "tags": "\U000E0067", "joiners": "\u200D", "dropped": "\u200B",
		"marks": "\u0323\u0301", "spaces": " ", "broken": "\xC3",
	} {
		for size, length := range map[string]int{"64KiB": 64 << 10, "4KiB": tags.MaxNameBytes, "256B": 4 * tags.MaxNameLength} {
			name := strings.Repeat(part, length/len(part))
			b.Run(kind+"/"+size, func(b *testing.B) {
				for b.Loop() {
					tags.ParseName(name)
				}
			})
		}
	}
}
