package disposition_test

import (
	"fmt"
	"mime"
	"strings"
	"testing"

	"github.com/seed-f0df946f/mediakit/blob/internal/disposition"
)

func ExampleFormat() {
	fmt.Println(disposition.Format(false, "beach.jpg"))
	fmt.Println(disposition.Format(true, "Größe \"M\".png"))
	// Output:
	// inline; filename="beach.jpg"
	// attachment; filename="Gr__e _M_.png"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%22M%22.png
}

func FuzzFormat(f *testing.F) {
	for _, name := range []string{
		"beach.jpg", "a b.png", `q"uote.png`, `back\slash`, "100%41.jpg", "ü.png", "日本.mp4", "👩‍👩‍👧.heic",
		"semi;colon=1.gif", "it's.webp", "a\r\nSet-Cookie: x=1", "\x00", "\xff\xfe", "filename*=UTF-8''x", "",
	} {
		f.Add(name, true)
		f.Add(name, false)
	}
	f.Fuzz(func(t *testing.T, name string, attachment bool) {
		header := disposition.Format(attachment, name)
		if i := strings.IndexFunc(header, func(r rune) bool { return r < ' ' || r > '~' }); i >= 0 {
			t.Fatalf("Format(%q) = %q: byte %d isn't printable ASCII", name, header, i)
		}
		kind, params, err := mime.ParseMediaType(header)
		if err != nil {
			t.Fatalf("Format(%q) = %q can't be parsed: %v", name, header, err)
		}
		if want := map[bool]string{true: "attachment", false: "inline"}[attachment]; kind != want {
			t.Errorf("Format(%q) = %q has type %q, want %q", name, header, kind, want)
		}
		if want := strings.ToValidUTF8(name, "\uFFFD"); params["filename"] != want {
			t.Errorf("Format(%q) = %q names %q, want %q", name, header, params["filename"], want)
		}
	})
}
