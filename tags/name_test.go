package tags_test

import (
	"errors"
	"strings"
	"testing"

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

func TestParseNameTakesEveryScriptAndEmoji(t *testing.T) {
	for _, name := range []string{
		"日本語", "العربية", "עברית", "हिन्दी", "ไทย", "አማርኛ", "ᠮᠣᠩᠭᠣᠯ᠋", "ខ្មែរ", "தமிழ்", "한국어",
		"می\u200Cخواهم",                // Persian, with ZWNJ between letters
		"ශ්\u200Dරී ලංකාව",             // Sinhala, with ZWJ after a virama
		"👨\u200D👩\u200D👧", "👩🏽\u200D🚀", // families and skin tones
		"🏳\uFE0F\u200D🌈", "🏴\u200D☠\uFE0F", "❤\uFE0F\u200D🔥", "🙂\u200D↔\uFE0F",
		"🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F", // England
		"🇮🇳", "1\uFE0F\u20E3", "\U0001FAE9",
		strings.Repeat("字", tags.MaxNameLength),
	} {
		if _, err := tags.ParseName(name); err != nil {
			t.Errorf("ParseName(%q): %v", name, err)
		}
	}
}

func TestParseNameRefuses(t *testing.T) {
	for name, want := range map[string]fault.Code{
		"":                        fault.CodeRequired,
		" \u3000 ":                fault.CodeRequired,
		"\uFE0F":                  fault.CodeRequired,
		"\uFE0F \uFE0F":           fault.CodeRequired,
		strings.Repeat("a", 65):   fault.CodeTooLong,
		"a\x00b":                  fault.CodeNotAllowed,
		"a\nb":                    fault.CodeNotAllowed,
		"a\u202Eb":                fault.CodeNotAllowed,
		"a\u2066b":                fault.CodeNotAllowed,
		"a\u200Eb":                fault.CodeNotAllowed,
		"a\uFFFDb":                fault.CodeNotAllowed,
		"a\u200Bb":                fault.CodeNotAllowed,
		"a\uFEFFb":                fault.CodeNotAllowed,
		"a\u00ADb":                fault.CodeNotAllowed,
		"a\u2028b":                fault.CodeNotAllowed,
		"a\u200Db":                fault.CodeNotAllowed, // ZWJ between letters
		"👩\u200D":                 fault.CodeNotAllowed,
		"\u200Ca":                 fault.CodeNotAllowed,
		"a\U000E0061":             fault.CodeNotAllowed,
		"a\u3164":                 fault.CodeNotAllowed,
		"a\uFE00":                 fault.CodeNotAllowed,
		string([]byte{'a', 0xC3}): fault.CodeInvalid,
	} {
		_, err := tags.ParseName(name)
		var invalid *tags.InvalidError
		if !errors.As(err, &invalid) || invalid.Fields[0].Code != want || invalid.Fields[0].Field != "name" {
			t.Errorf("ParseName(%q): %v; want %s for name", name, err, want)
		}
	}
}

func FuzzParseName(f *testing.F) {
	for _, s := range []string{"Straße", "İstanbul", "ﾊﾟ", "ᾳ\u0345", "Ǆ", "🏳\uFE0F\u200D🌈", "a\u0301\u0323", "ϓ", "\u0344", "a \uFE0F b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if name, err := tags.ParseName(s); err == nil {
			again, err := tags.ParseName(name.Shown)
			if err != nil || again != name {
				t.Errorf("ParseName(%q) = %q, and of its own spelling %q, %v", s, name, again, err)
			}
			if _, err := tags.ParseName(name.Key); err != nil && !strings.Contains(err.Error(), "64") {
				t.Errorf("the key of %q, %q, is no name: %v", s, name.Key, err)
			}
		}
	})
}
