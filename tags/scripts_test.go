package tags_test

import (
	"testing"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/seed-f0df946f/mediakit/tags"
)

// words are names as people write them, and of a few old scripts just letters. Joiners
// and what else can't be seen is escaped.
var words = []struct{ language, word string }{
	{"Amharic", "አማርኛ"},
	{"Arabic", "الْعَرَبِيَّة"},
	{"Arabic, hijri year", "١٤٤٥ ه\u200D"}, // a joiner at the end: the h of hijri in its first form
	{"Armenian", "Հայերեն"},
	{"Assamese", "অসমীয়া"},
	{"Avestan, no ligature", "𐬀𐬴\u200C𐬀"},
	{"Balinese", "ᬩᬲᬩᬮᬶ"},
	{"Bamum", "ꚠꚡꚢ"},
	{"Batak Toba", "ᯅᯖᯂ᯲"},
	{"Bengali", "বাংলা"},
	{"Bengali, joiner before a virama", "র\u200D্যাব"},
	{"Bengali, non-joiner before a virama", "র\u200C্যাম"},
	{"Bengali, joiner behind a virama", "সত্\u200D"},
	{"Braille", "⠎⠥⠝⠎⠑⠞"},
	{"Buginese", "ᨅᨔ ᨕᨘᨁᨗ"},
	{"Bulgarian", "Български"},
	{"Burmese", "မြန်မာဘာသာ"},
	{"Burmese, Khamti", "က\uFE00"}, // a dotted letter
	{"Carian", "𐊠𐊡𐊢"},
	{"Chakma", "𑄌𑄋𑄴𑄟𑄳𑄦"},
	{"Cham", "ꨌꩌ"},
	{"Cherokee", "ᏣᎳᎩ"},
	{"Cherokee, small", "ꮳꮃꭹ"},
	{"Chinese", "中文"},
	{"Chinese, phonetic", "ㄅㄆㄇㄈ"},
	{"Coptic", "ⲙⲉⲧⲣⲉⲙⲛ̀ⲭⲏⲙⲓ"},
	{"Cree", "ᓀᐦᐃᔭᐍᐏᐣ"},
	{"Deseret", "𐐔𐐯𐑅𐐨𐑉𐐯𐐻"},
	{"Dzongkha", "རྫོང་ཁ"},
	{"Egyptian", "𓆎𓅓𓏏𓊖"},
	{"Egyptian, in a quadrat", "𓏞\U00013430𓀀"},
	{"Egyptian, last of the controls", "𓏞\U0001343F𓀀"},
	{"English", "Sunset at the beach"},
	{"Fula, Adlam", "𞤆𞤵𞤤𞤢𞥄𞤪"},
	{"Georgian", "ქართული"},
	{"Georgian, capitals", "ᲥᲐᲠᲗᲣᲚᲘ"},
	{"German", "Füße"},
	{"German, tréma", "Bou\u034F\u0308"}, // a grapheme joiner keeps it apart from an umlaut
	{"Glagolitic", "ⰳⰾⰰⰳⱁⰾⰹⱌⰰ"},
	{"Gothic", "𐌲𐌿𐍄𐌹𐍃𐌺"},
	{"Greek", "Ελληνικά"},
	{"Greek, polytonic", "ἄνθρωπος"},
	{"Gujarati", "ગુજરાતી"},
	{"Hausa", "ƙasa"},
	{"Hawaiian", "ʻŌlelo Hawaiʻi"},
	{"Hebrew", "עברית"},
	{"Hebrew, points", "שָׁלוֹם"},
	{"Hebrew, Biblical", "יְרוּשָׁלַ\u034Fִם"}, // a grapheme joiner keeps two vowels in order
	{"Hebrew, meteg", "הַֽ\u200Dֲ"},
	{"Hindi", "हिन्दी"},
	{"Hindi, half letter", "क्\u200Dष"},
	{"Hindi, no ligature", "रक्\u200Cषा"},
	{"Hmong", "𖬌𖬣𖬵"},
	{"Hungarian, runes in a ligature", "𐲢𐳛\u200D𐳮𐳁𐳤"},
	{"Icelandic", "Þórsmörk"},
	{"Inuktitut", "ᐃᓄᒃᑎᑐᑦ"},
	{"Irish, Ogham", "ᚌᚑᚔᚇᚓᚂᚉ"},
	{"Japanese", "日本語 ひらがな カタカナ"},
	{"Japanese, half width", "ｶﾞｲﾄﾞ"},
	{"Japanese, variant", "葛\U000E0100城市"},
	{"Javanese", "ꦧꦱꦗꦮ"},
	{"Kannada", "ಕನ್ನಡ"},
	{"Kannada, joiner before a virama", "ರ\u200D್ಯಾಂಕ್"},
	{"Kayah", "ꤊꤢꤛꤢ꤭"},
	{"Kazakh", "Қазақ тілі"},
	{"Khmer", "ភាសាខ្មែរ"},
	{"Khmer, no shift", "ប៊\u200Cី"},
	{"Korean", "한국어"},
	{"Korean, jamo", "\u1112\u1161\u11AB\u1100\u1173\u11AF"},
	{"Kurdish", "کوردی"},
	{"Kurdish, non-joiner at the end", "كورده\u200C"},
	{"Lao", "ພາສາລາວ"},
	{"Lepcha", "ᰛᰩᰵ"},
	{"Limbu", "ᤕᤠᤰᤌᤢᤱ"},
	{"Lisu", "ꓡꓲ-ꓢꓴ"},
	{"Rejang", "ꤽꥍꤺꥏ"},
	{"Malayalam", "മലയാളം"},
	{"Malayalam, chillu", "അവൻ"},
	{"Malayalam, chillu of old", "അവന്\u200D"},
	{"Maldivian", "ދިވެހި"},
	{"Manchu", "ᠮᠠᠨᠵᡠ ᡤᡳᠰᡠᠨ"},
	{"Mandaic", "ࡌࡀࡍࡃࡀࡉࡀ"},
	{"Manipuri", "ꯃꯤꯇꯩ ꯂꯣꯟ"},
	{"Marathi", "दर्\u200Dया"},
	{"Mende", "𞠀𞠁𞠂"},
	{"Miao", "𖼀𖽡"},
	{"Mongolian", "ᠮᠣᠩᠭᠣᠯ"},
	{"Mongolian, separated vowel", "ᠮᠣᠩᠭᠣᠯ\u180Eᠠ"},
	{"Mongolian, form chosen", "ᠮᠣᠩᠭᠣᠯ\u180B"},
	{"Mongolian, both", "ᠨ\u180B\u180Eᠠ"},
	{"Mongolian, fourth selector", "ᠠ\u180F"},
	{"Mongolian, ’Phags-pa", "ꡏꡡꡃ ꡣꡡꡙ"},
	{"Nepali", "नेपाली"},
	{"Newari", "𑐣𑐾𑐥𑐵𑐮"},
	{"N'Ko", "ߒߞߏ"},
	{"Odia", "ଓଡ଼ିଆ"},
	{"Old Uyghur", "𐽰𐽱\u200C𐽲"},
	{"Osage", "𐓏𐓘𐓻𐓘𐓻𐓟"},
	{"Pashto", "پښتو"},
	{"Persian", "می\u200Cخواهم"},
	{"Persian, non-joiner behind a letter that doesn't join", "کار\u200Cها"},
	{"Persian, non-joiner behind a vowel sign", "تختِ\u200Cخواب"},
	{"Phoenician", "𐤃𐤁𐤓𐤉𐤌"},
	{"Punjabi", "ਪੰਜਾਬੀ"},
	{"Rohingya", "𐴌𐴗𐴥𐴝𐴙𐴚𐴒𐴙𐴝"},
	{"Rohingya, non-joiner", "𐴌𐴗\u200C𐴥𐴝"},
	{"Runic", "ᚱᚢᚾᛁᛣ"},
	{"Russian", "Русский"},
	{"Samaritan", "ࠔࠌࠓࠉࠌ"},
	{"Sanskrit", "संस्कृतम्"},
	{"Sanskrit, accent by a virama", "क्\u0951\u200Dष"},
	{"Santali", "ᱥᱟᱱᱛᱟᱲᱤ"},
	{"Saurashtra", "ꢱꣃꢬꢵꢰ꣄ꢜ꣄ꢬ"},
	{"Shan", "လိၵ်ႈတႆး"},
	{"Shavian", "𐑖𐑱𐑝𐑾𐑯"},
	{"Shorthand", "𛰂\U0001BCA0𛰃"},
	{"Shorthand, last of the controls", "𛰂\U0001BCA3𛰃"},
	{"Sindhi", "سنڌي"},
	{"Sinhala", "සිංහල"},
	{"Sinhala, ligature", "ශ්\u200Dරී ලංකාව"},
	{"Sinhala, letters that touch", "බුද\u200D්ධ"},
	{"Sora", "𑃐𑃑𑃒"},
	{"Sumerian", "𒅴𒂠"},
	{"Sundanese", "ᮘᮞ ᮞᮥᮔ᮪ᮓ"},
	{"Sylheti", "ꠍꠤꠟꠐꠤ"},
	{"Syriac", "ܠܫܢܐ ܣܘܪܝܝܐ"},
	{"Syriac, abbreviation", "\u070Fܬܫ"},
	{"Tagalog", "ᜊᜌ᜔ᜊᜌᜒᜈ᜔"},
	{"Tai Dam", "ꪼꪕꪒꪾ"},
	{"Tai Lue", "ᦑᦺᦟᦹᧉ"},
	{"Tai Nuea", "ᥖᥭᥰᥖᥬᥳᥑᥨᥒᥰ"},
	{"Tai Tham", "ᨣᩤᩴᨾᩮᩬᩥᨦ"},
	{"Tamazight", "ⵜⴰⵎⴰⵣⵉⵖⵜ"},
	{"Tamazight, ligature", "ⴻⵜ\u200Dⵜ"},
	{"Tamil", "தமிழ்"},
	{"Tamil, no ligature", "பக்\u200Cஷி"},
	{"Telugu", "తెలుగు"},
	{"Telugu, no ligature", "సాఫ్ట్\u200Cవేర్"},
	{"Thai", "ภาษาไทย น้ำ"},
	{"Tibetan", "བོད་སྐད་"},
	{"Tigrinya", "ትግርኛ"},
	{"Turkish", "İstanbul ışık"},
	{"Ugaritic", "𐎜𐎂𐎗𐎚"},
	{"Ukrainian", "Українська"},
	{"Urdu", "اردو"},
	{"Uyghur", "ئۇيغۇرچە"},
	{"Vai", "ꕙꔤ"},
	{"Vietnamese", "Tiếng Việt"},
	{"Wancho", "𞋒𞋀𞋉𞋃𞋕"},
	{"Warang Citi", "𑢹𑣉𑣉 𑣎𑣋𑣜"},
	{"Yi", "ꆈꌠꉙ"},
	{"Yiddish", "ייִדיש"},
	{"Yoruba", "Èdè Yorùbá"},
}

func TestParseNameTakesEveryScript(t *testing.T) {
	seen := map[string]bool{}
	for _, w := range words {
		t.Run(w.language, func(t *testing.T) {
			checkName(t, w.word)
			for _, r := range w.word {
				seen[scriptOf(r)] = true
			}
		})
	}
	const most = 40
	if delete(seen, ""); len(seen) < most {
		t.Errorf("the words are of %d scripts; want at least %d", len(seen), most)
	} else {
		t.Logf("%d words of %d scripts", len(words), len(seen))
	}
}

// checkName checks that a name is taken and shown as it was given, that the ways to
// encode it are one tag, and that it can be typed as a prefix, rune by rune.
func checkName(t *testing.T, word string) {
	t.Helper()
	name, err := tags.ParseName(word)
	if err != nil || name.Shown != word || name.Key == "" {
		t.Fatalf("ParseName(%+q) = %+q, %+q, %v", word, name.Shown, name.Key, err)
	}
	for form, other := range map[string]string{"NFC": norm.NFC.String(word), "NFD": norm.NFD.String(word), "its key": name.Key} {
		if got, err := tags.ParseName(other); err != nil || got.Key != name.Key {
			t.Errorf("%s of %+q: the key is %+q, %v; want %+q", form, word, got.Key, err, name.Key)
		}
	}
	for i := range word {
		if _, err := tags.FoldPrefix(word[:i]); err != nil {
			t.Errorf("FoldPrefix(%+q): %v", word[:i], err)
		}
	}
	if prefix, err := tags.FoldPrefix(word); err != nil || prefix != name.Key {
		t.Errorf("FoldPrefix(%+q) = %+q, %v; want the key, %+q", word, prefix, err, name.Key)
	}
}

// scriptOf returns the name of the script that r belongs to, "" if it belongs to many.
func scriptOf(r rune) string {
	for name, script := range unicode.Scripts {
		if name != "Common" && name != "Inherited" && unicode.Is(script, r) {
			return name
		}
	}
	return ""
}

// TestParseNameRefusesJoinersOfNoUse takes joiners and selectors out of place.
func TestParseNameRefusesJoinersOfNoUse(t *testing.T) {
	for _, name := range []string{
		"a\u200Cb", "a\u200Db", "\u200Dа", "д\u200Cд", "字\u200D字", "a\u200D", "\u200Ca", "1\u200D2",
		"a\u200D\u0301",         // the mark has no script
		"\u200D্য", "1\u200C্য", // no letter before it
		"క\u200Cత",            // Telugu, no virama
		"ت \u200Cخ",           // behind a space
		"می\u200C\u200Cخواهم", // twice
		"۱\u200C۲",            // digits don't join
		"ِ\u200Cخ",            // a mark without a letter
		"a\u180Eb", "ᠯ\u180E", "\u180Eᠠ", "ᠯ\u180Eb", "b\u180Eᠠ", "᠑\u180Eᠠ", "ᠠ\u180E᠑", "ᠯ\u180B\u180B\u180Eᠠ",
		"a\u034Fb", "\u034F\u0308", "1\u034F\u0308", "a\u034F", "a\u034F\u034F\u0308", "a\u034F\uFE0F",
		"\U0001BCA0", "a\U0001BCA3", "𛰂\U0001BCA0\U0001BCA0",
		"a\u180B", "\u180B", "᠑\u180B", "ᠮ\u180B\u180C", "a\u180F",
		"a\uFE00", "\uFE00", "字\uFE00\uFE00", "a\uFE0D", "a\U000E0100", "\U000E0100", "ᠮ\U000E01EF", "ꡏ\U000E0100",
	} {
		wantRefused(t, name)
	}
}
