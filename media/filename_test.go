package media_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/seed-f0df946f/mediakit/media"
)

// code returns what is wrong with the member, empty if nothing is.
func code(t *testing.T, err error, field string) string {
	t.Helper()
	var invalid *media.InvalidError
	if err != nil && !errors.As(err, &invalid) {
		t.Fatalf("got %v; want an InvalidError", err)
	}
	if invalid != nil {
		for _, f := range invalid.Fields {
			if f.Field == field {
				return string(f.Code)
			}
		}
	}
	return ""
}

func TestFilenames(t *testing.T) {
	b := newBench(t, media.Options{})
	v := b.create(t, input(png))
	long := func(s string, n int) string { return strings.Repeat(s, n) }
	for given, want := range map[string]struct{ code, stored string }{
		"beach.jpg":      {},
		"日本 🏖.jpg":       {},
		"a'b\";%_":       {},
		"...":            {},
		" a ":            {},
		"क्\u200dष.jpg":  {}, // a joiner that is seen
		"\u200Ba":        {}, // a zero width space is no direction
		long("a", 255):   {},
		long("ä", 255):   {},
		long("😀", 255):   {}, // 1,020 bytes
		long("क", 255):   {},
		"":               {code: "required"},
		"\u200E":         {code: "required"},
		" ":              {code: "invalid"},
		"\u00A0\u3000":   {code: "invalid"},
		"\u200F \u2069":  {code: "invalid"},
		".":              {code: "invalid"},
		"..":             {code: "invalid"},
		"\u2066..\u2069": {code: "invalid"},
		"a/b":            {code: "invalid"},
		`a\b`:            {code: "invalid"},
		"a\x00":          {code: "invalid"},
		"a\x1f":          {code: "invalid"},
		"a\x7f":          {code: "invalid"},
		"a\u0085":        {code: "invalid"},
		"a\r\nb":         {code: "invalid"},
		"a\u202Dgpj":     {code: "invalid"},
		"a\u202Egpj.exe": {code: "invalid"},
		"a\uFFFD":        {code: "invalid"},
		"a\xff":          {code: "invalid"},
		long("a", 256):   {code: "too_long"},
		long("😀", 256):   {code: "too_long"},

		"\u2067שלום.jpg\u2069\u200F":                                    {stored: "שלום.jpg"},
		"\u061C\u200E\u200F\u202A\u202B\u202C\u2066\u2067\u2068\u2069a": {stored: "a"},
		long("a", 255) + long("\u200E", 1280):                           {stored: long("a", 255)}, // 4,095 bytes
		long("a", 253) + long("\u200E", 1281):                           {stored: long("a", 253)}, // 4,096 bytes
		long("a", 254) + long("\u200E", 1281):                           {code: "too_long"},       // 4,097 bytes
		long("/", 4097):                                                 {code: "too_long"},       // runes aren't looked at
		long("\xff", 64<<10):                                            {code: "too_long"},
	} {
		in := input(png)
		in.Filename = given
		if want.stored == "" {
			want.stored = given
		}
		if got := code(t, in.Check(b.Limits()), "filename"); got != want.code {
			t.Errorf("filename %.40q: %q; want %q", given, got, want.code)
		}
		created, err := b.Create(t.Context(), in)
		if got := code(t, err, "filename"); got != want.code || got == "" && created.Filename != want.stored {
			t.Errorf("create %.40q: %q, %.40q; want %q, %.40q", given, got, created.Filename, want.code, want.stored)
		}
		renamed, err := b.Update(t.Context(), v.ID, media.UpdateInput{Filename: &given})
		if got := code(t, err, "filename"); got != want.code || got == "" && renamed.Filename != want.stored {
			t.Errorf("rename to %.40q: %q, %.40q; want %q, %.40q", given, got, renamed.Filename, want.code, want.stored)
		}
	}
}

// TestFilenameContains: a name is found by a part of it, as created and as renamed, in
// any case and with the marks that came along.
func TestFilenameContains(t *testing.T) {
	b := newBench(t, media.Options{})
	in := input(png)
	in.Filename = "\u2067Strand 100%_STRASSE.png\u2069"
	v := b.create(t, in)
	find := func(part string) int {
		t.Helper()
		items, _, err := b.List(t.Context(), media.ListInput{Filter: media.Filter{FilenameContains: part}})
		if err != nil {
			t.Fatalf("%q: %v", part, err)
		}
		return len(items)
	}
	found := func(parts ...string) {
		t.Helper()
		for _, part := range parts {
			if find(part) != 1 {
				t.Errorf("%q doesn't find it", part)
			}
		}
	}
	found("", "strand", "STRAND", "\u200Estrand", "100%_", "straße", " ", ".")
	if find("%d") != 0 || find("_d") != 0 {
		t.Error("a character in it is special")
	}
	name := "SONNE\u200E.PNG"
	if _, err := b.Update(t.Context(), v.ID, media.UpdateInput{Filename: &name}); err != nil {
		t.Fatal(err)
	}
	found("sonne.png")
	if find("strand") != 0 {
		t.Error("it is still found by its old name")
	}
	for part, want := range map[string]string{
		"a/b": "invalid", "\u202E": "invalid", "\xff": "invalid",
		strings.Repeat("a", 256): "too_long", strings.Repeat("/", 64<<10): "too_long",
	} {
		_, _, err := b.List(t.Context(), media.ListInput{Filter: media.Filter{FilenameContains: part}})
		if got := code(t, err, "filename_contains"); got != want {
			t.Errorf("a part %.20q: %q; want %q", part, got, want)
		}
	}
}

// BenchmarkFilename refuses what is as long as a request may be.
func BenchmarkFilename(b *testing.B) {
	in := media.CreateInput{Filename: strings.Repeat("\u200E", 64<<10/3)}
	for b.Loop() {
		if in.Check(media.Limits{}) == nil {
			b.Fatal("it is taken")
		}
	}
}
