package tags_test

import "testing"

func TestParseNameTakesEveryEmoji(t *testing.T) {
	for kind, names := range map[string][]string{
		"keycap":           {"1\uFE0F\u20E3", "#\uFE0F\u20E3", "*\uFE0F\u20E3", "9\u20E3"},
		"flag":             {"🇮🇳", "🇺🇦🇫🇷", "Paris 🇫🇷"},
		"flag of a region": {"🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F", "🏴\U000E0075\U000E0073\U000E0074\U000E0078\U000E007F a", "🏴\U000E0061\U000E0064\U000E0030\U000E007F", "🏴\U000E006E\U000E007A\U000E0039\U000E007F", "🏴\U000E0030\U000E0030\U000E0030\U000E0031\U000E0032\U000E0033\U000E0034\U000E007F"},
		"skin tone":        {"👍🏽", "☝🏿", "☝\uFE0F🏻"},
		"text and emoji":   {"❤\uFE0F", "❤\uFE0E", "☀\uFE0F", "©\uFE0F", "™", "‼\uFE0F"},
		"family":           {"👨\u200D👩\u200D👧\u200D👦", "🧑🏽\u200D🤝\u200D🧑🏿", "👩\u200D❤\uFE0F\u200D💋\u200D👨", "👩🏻\u200D❤\uFE0F\u200D👨🏿"},
		"role":             {"👩🏽\u200D🚀", "🧑🏿\u200D🚀", "👮🏼\u200D♂\uFE0F", "🧑\u200D⚕\uFE0F", "👨\u200D🦰", "🏃🏽\u200D♀\uFE0F\u200D➡\uFE0F"},
		"joined":           {"🏳\uFE0F\u200D🌈", "🏳\uFE0F\u200D⚧\uFE0F", "🏴\u200D☠\uFE0F", "❤\uFE0F\u200D🔥", "🐈\u200D⬛", "🐻\u200D❄\uFE0F", "🐦\u200D🔥", "⛓\uFE0F\u200D💥", "👁\uFE0F\u200D🗨\uFE0F"},
		"arrow":            {"🙂\u200D↔\uFE0F", "🙂\u200D↕\uFE0F", "➡\uFE0F", "⤴\uFE0F"},
		"old and young":    {"☺", "🀄", "🃏", "\U0001FAE9", "\U0001FAFF\u200D\U0001FAEF"},
		"first and last of a block of pictographs": {"←\u200D⇿", "⌀\u200D⏿", "■\u200D➿", "⤀\u200D⥿", "⬀\u200D⯿", "🀀\u200D🇥", "🈀\u200D🏺", "🐀\u200D\U0001FAFF", "\U0001FC00\u200D\U0001FFFD"},
	} {
		for _, name := range names {
			t.Run(kind, func(t *testing.T) { checkName(t, name) })
		}
	}
}

func TestParseNameRefusesEmojiThatAreNone(t *testing.T) {
	for kind, names := range map[string][]string{
		"joiner at an end":       {"👩\u200D", "\u200D🚀", "👩\u200D 🚀", "👩\u200D\u200D🚀", "👩\u200Da", "a\u200D🚀", "👩\u200C🚀"},
		"joiner at a skin tone":  {"🏽\u200D🚀", "a🏽\u200D🚀", "👩\u200D🏽", "\uFE0F\u200D🚀", "a\uFE0F\u200D🚀"},
		"joiner at a flag":       {"🇮🇳\u200D🚀", "🚀\u200D🇮🇳"},
		"joiner at a neighbour":  {"\u218F\u200D🚀", "🚀\u200D\u2200", "\u22FF\u200D🚀", "\u2400\u200D🚀", "\u259F\u200D🚀", "\u27C0\u200D🚀", "\u28FF\u200D🚀", "\u2980\u200D🚀", "\u2AFF\u200D🚀", "\u2C00\u200D🚀", "\U0001EFFF\u200D🚀", "\U0001FB00\u200D🚀", "\U0001FBFF\u200D🚀", "\U0001FFFE\u200D🚀"},
		"tags without a flag":    {"a\U000E0067\U000E0062\U000E0065\U000E007F", "\U000E0067", "a\U000E007F", "🏴a\U000E0067\U000E0062\U000E0065\U000E007F"},
		"tags that spell little": {"🏴\U000E007F", "🏴\U000E0067\U000E0062\U000E007F"},
		"tags that spell a lot":  {"🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E0067\U000E0067\U000E0067\U000E007F"},
		"tags without an end":    {"🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067", "🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067a"},
		"tags that spell none":   {"🏴\U000E0047\U000E0042\U000E0045\U000E007F", "🏴\U000E0020\U000E0020\U000E0020\U000E007F", "🏴\U000E0060\U000E007B\U000E002F\U000E003A\U000E007F"},
		"tags behind a region":   {"🏴\U000E0067\U000E0062\U000E0065\U000E007F\U000E007F", "🏴\U000E0067\U000E0062\U000E0065\U000E007F\U000E0067"},
	} {
		for _, name := range names {
			t.Run(kind, func(t *testing.T) { wantRefused(t, name) })
		}
	}
}

// TestNamesThatMayLookTheSameAreOneTag takes names that differ in a joiner or a selector
// alone. Fonts and systems decide whether a difference is seen.
func TestNamesThatMayLookTheSameAreOneTag(t *testing.T) {
	for a, b := range map[string]string{
		"🙂\u200D🌮":         "🙂🌮", // no system has a picture for it
		"👩\u200D🚀":         "👩🚀", // old systems have none
		"❤\uFE0F":          "❤",
		"न्\u200Dम":        "न्म",
		"می\u200Cخواهم":    "میخواهم",
		"ᠮᠣᠩᠭᠣᠯ\u180Eᠠ":    "ᠮᠣᠩᠭᠣᠯᠠ",
		"ᠮ\u180B":          "ᠮ",
		"葛\U000E0100":      "葛",
		"u\u034F\u0308":    "ü",
		"so\u00ADft":       "soft",
		"\u2067שלום\u2069": "שלום",
		"ไทย\u200Bไทย":     "ไทยไทย",
		"𛰂\U0001BCA0𛰃":     "𛰂𛰃",
		"Straße":           "STRASSE",
		"ꮳꮃꭹ":              "ᏣᎳᎩ",
		"ＳＵＮ":              "sun",
	} {
		if keyOf(t, a) != keyOf(t, b) {
			t.Errorf("%+q and %+q are two tags", a, b)
		}
	}
	england, scotland := "🏴\U000E0067\U000E0062\U000E0065\U000E006E\U000E0067\U000E007F", "🏴\U000E0067\U000E0062\U000E0073\U000E0063\U000E0074\U000E007F"
	if keyOf(t, england) == keyOf(t, scotland) || keyOf(t, england) == keyOf(t, "🏴") {
		t.Error("England is Scotland, or has no flag of its own")
	}
}
