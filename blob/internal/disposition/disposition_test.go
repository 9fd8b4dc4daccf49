package disposition_test

import (
	"fmt"
	"mime"
	"strings"
	"testing"

	"github.com/seed-f0df946f/mediakit/blob/internal/disposition"
)

func ExampleFormat() {
	fmt.Println(disposition.Format(false, "beach.jpg", "image/jpeg"))
	fmt.Println(disposition.Format(true, "Größe \"M\".png", "image/png"))
	fmt.Println(disposition.Format(true, "holiday.html", "image/gif"))
	// Output:
	// inline; filename="beach.jpg"
	// attachment; filename="Gr__e _M_.png"; filename*=UTF-8''Gr%C3%B6%C3%9Fe%20%22M%22.png
	// attachment; filename="holiday.html.gif"
}

// TestExtensions: a file that was saved opens as what it is. The types are those that
// are allowed by default, and two that a host may allow.
func TestExtensions(t *testing.T) {
	for contentType, extensions := range map[string]string{
		"image/jpeg":       ".jpg .jpeg .jpe .jfif",
		"image/png":        ".png .apng",
		"image/gif":        ".gif",
		"image/webp":       ".webp",
		"image/avif":       ".avif .avifs",
		"image/heic":       ".heic .heif .hif",
		"image/heif":       ".heif .heic .hif",
		"image/bmp":        ".bmp .dib",
		"video/mp4":        ".mp4 .m4v",
		"video/quicktime":  ".mov .qt",
		"video/x-m4v":      ".m4v .mp4",
		"video/webm":       ".webm",
		"video/x-matroska": ".mkv",
		"video/mpeg":       ".mpg .mpeg .mpe .m1v .m2v",
		"video/ogg":        ".ogv .ogg",
		"video/3gpp":       ".3gp .3gpp",
		"video/x-msvideo":  ".avi",
		"image/tiff":       ".tiff",
		"video/x-flv":      ".flv",
	} {
		fitting := strings.Fields(extensions)
		for _, extension := range fitting {
			for _, name := range []string{"a" + extension, "A" + strings.ToUpper(extension), "a.html" + extension, extension} {
				expectName(t, name, contentType, name)
			}
		}
		for _, name := range []string{"a", "a.html", "A.HTML", "a.svg", "a" + fitting[0] + ".exe", "a.", "a" + fitting[0] + ".", "a" + fitting[0] + " ", "..", "a.b/c"} {
			expectName(t, name, contentType, name+fitting[0])
		}
		expectName(t, "", contentType, "")
	}
	expectName(t, "a.html", "image/gif", "a.html.gif")
	expectName(t, "a.png", "image/jpeg", "a.png.jpg")
	expectName(t, "a.html", "image/x-nobody-knows", "a.html")
}

// expectName looks at the name in both kinds of header.
func expectName(t *testing.T, name, contentType, want string) {
	t.Helper()
	for _, attachment := range []bool{true, false} {
		_, params, err := mime.ParseMediaType(disposition.Format(attachment, name, contentType))
		if err != nil || params["filename"] != want {
			t.Errorf("%q of %s is handed out as %q, %v, want %q", name, contentType, params["filename"], err, want)
		}
	}
}

// TestDoubtfulCharacters: what clients disagree about is in filename* alone, encoded.
func TestDoubtfulCharacters(t *testing.T) {
	for name, want := range map[string]string{
		"100%41.jpg":   `inline; filename="100_41.jpg"; filename*=UTF-8''100%2541.jpg`,
		`q"uote.jpg`:   `inline; filename="q_uote.jpg"; filename*=UTF-8''q%22uote.jpg`,
		`back\.jpg`:    `inline; filename="back_.jpg"; filename*=UTF-8''back%5C.jpg`,
		"a\r\nb.jpg":   `inline; filename="a__b.jpg"; filename*=UTF-8''a%0D%0Ab.jpg`,
		"a\x7f.jpg":    `inline; filename="a_.jpg"; filename*=UTF-8''a%7F.jpg`,
		"\xff.jpg":     `inline; filename="_.jpg"; filename*=UTF-8''%EF%BF%BD.jpg`,
		"AZaz09 ~.jpg": `inline; filename="AZaz09 ~.jpg"`,
		"AZaz09ü!#$&+-^_`|~'()*;=.jpg": "inline; filename=\"AZaz09_!#$&+-^_`|~'()*;=.jpg\"; " +
			"filename*=UTF-8''AZaz09%C3%BC!#$&+-^_`|~%27%28%29%2A%3B%3D.jpg",
	} {
		if got := disposition.Format(false, name, "image/jpeg"); got != want {
			t.Errorf("Format(%q) =\n%s, want\n%s", name, got, want)
		}
	}
}

func FuzzFormat(f *testing.F) {
	for _, name := range []string{
		"beach.jpg", "a b.png", `q"uote.png`, `back\slash`, "100%41.jpg", "ü.png", "日本.mp4", "👩‍👩‍👧.heic",
		"semi;colon=1.gif", "it's.webp", "a\r\nSet-Cookie: x=1", "\x00", "\xff\xfe", "filename*=UTF-8''x", "", "a.html", ".",
	} {
		f.Add(name, "image/png", true)
		f.Add(name, "video/mp4", false)
	}
	f.Fuzz(func(t *testing.T, name, contentType string, attachment bool) {
		header := disposition.Format(attachment, name, contentType)
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
		if want := strings.ToValidUTF8(name, "\uFFFD"); !strings.HasPrefix(params["filename"], want) {
			t.Errorf("Format(%q) = %q names %q, want %q and an extension at most", name, header, params["filename"], want)
		}
	})
}
