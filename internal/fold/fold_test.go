package fold_test

import (
	"testing"

	"github.com/seed-f0df946f/mediakit/internal/fold"
)

func FuzzString(f *testing.F) {
	for _, s := range []string{"Straße", "İstanbul", "ﾊﾟ", "ᾳ\u0345", "Ǆ", "🏳\uFE0F\u200D🌈", "a\u0301\u0323", "ϓ", "\u0344", "a \uFE0F b"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		once := fold.String(s)
		if twice := fold.String(once); twice != once {
			t.Errorf("String(%q) = %q, and folded again %q", s, once, twice)
		}
	})
}
