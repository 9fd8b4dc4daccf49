package media

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"github.com/seed-f0df946f/mediakit/media/internal/dimensions"
)

func TestCanonicalType(t *testing.T) {
	for given, want := range map[string]string{
		"image/jpeg": "image/jpeg", "IMAGE/JPEG": "image/jpeg", "image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg",
		"image/apng": "image/png", "image/x-png": "image/png", "image/x-ms-bmp": "image/bmp", "image/x-bmp": "image/bmp",
		"video/avi": "video/x-msvideo", "video/msvideo": "video/x-msvideo", "video/vnd.avi": "video/x-msvideo",
		"video/mpg": "video/mpeg", "video/x-quicktime": "video/quicktime",
		"video/webm;codecs=vp8": "video/webm", "Video/WebM ; codecs=\"vp8, opus\"": "video/webm", "video/AVI; a=b; c=d": "video/x-msvideo",
		"video/x-matroska": "video/x-matroska", "video/matroska": "video/matroska",
		"": "", ";": "", "text/html": "text/html", "image/jpeg, image/png": "image/jpeg, image/png",
	} {
		if got := canonicalType(given); got != want {
			t.Errorf("canonicalType(%q) = %q; want %q", given, got, want)
		}
	}
	for alias, stored := range aliases {
		if !slices.Contains(DefaultTypes(), stored) || aliases[stored] != "" {
			t.Errorf("%s leads to %s, which is no default type", alias, stored)
		}
	}
}

// TestAllowedTypes holds each type that a setting may name to what would become of it.
func TestAllowedTypes(t *testing.T) {
	for _, contentType := range append(DefaultTypes(), "image/heic-sequence", "image/heif-sequence",
		"video/3gpp2", "video/mp2t", "video/mj2", "video/vnd.dvb.file", "video/x-flv", "video/x-ms-asf", "video/x-ms-wmv") {
		if err := checkAllowed(contentType); err != nil {
			t.Errorf("%s: %v", contentType, err)
		}
	}
	for _, contentType := range []string{
		"image/svg+xml", "image/svg", "image/x+xml", "text/html", "image/", "image", "", "image/*", "image/jpeg, image/png",
		"image/tiff", "image/jxl", "image/x-icon", "image/unheard-of", // their size can't be read
		"video/unheard-of", "video/h264", // their bytes can't be recognised
	} {
		if err := checkAllowed(contentType); err == nil || !strings.Contains(err.Error(), "\""+contentType+"\"") {
			t.Errorf("%q: %v; want an error with its name", contentType, err)
		}
	}
	for contentType := range families {
		if kindOf(contentType) == KindImage && !dimensions.Reads(contentType) {
			t.Errorf("%s is recognised, but its size can't be read", contentType)
		}
	}
}

// TestFamilyOfTheGeneralSniffer holds types that it alone knows, by whatever name, to one
// family.
func TestFamilyOfTheGeneralSniffer(t *testing.T) {
	flash := []byte("FLV\x01\x05\x00\x00\x00\x09")
	windows := []byte("\x30\x26\xb2\x75\x8e\x66\xcf\x11\xa6\xd9\x00\xaa\x00\x62\xce\x6c")
	for contentType, head := range map[string][]byte{"video/x-flv": flash, "video/x-ms-asf": windows, "video/x-ms-wmv": windows, "video/asf": windows} {
		if got, want := family(sniff(head)), family(contentType); got != want {
			t.Errorf("the bytes of %s are of the family %s; want %s", contentType, got, want)
		}
	}
}

func TestDigestScan(t *testing.T) {
	stored, err := Digest{1}.Value()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		src  any
		want Digest
		ok   bool
	}{
		{stored, Digest{1}, true},
		{nil, Digest{}, true},
		{[]byte{1}, Digest{2}, false},
		{"no bytes", Digest{2}, false},
	} {
		got := Digest{2}
		if err := got.Scan(c.src); got != c.want || (err == nil) != c.ok {
			t.Errorf("Scan(%v) left %v, error %v; want %v", c.src, got, err, c.want)
		}
	}
}

// TestDigestText: JSON and logs show hex digits, while Value keeps the bytes.
func TestDigestText(t *testing.T) {
	const text = "0100000000000000000000000000000000000000000000000000000000000000"
	for d, want := range map[Digest]string{{1}: `{"sha256":"` + text + `"}`, {}: `{"sha256":""}`} {
		in := map[string]Digest{"sha256": d}
		got, err := json.Marshal(in)
		if err != nil || string(got) != want {
			t.Errorf("%s, %v; want %s", got, err, want)
		}
		out := map[string]Digest{"sha256": {2}}
		if err := json.Unmarshal(got, &out); err != nil || out["sha256"] != d {
			t.Errorf("%s is read as %v, %v", got, out, err)
		}
	}
	d := Digest{2}
	if err := d.UnmarshalText([]byte(text[1:])); err == nil || !d.IsZero() {
		t.Errorf("63 digits are read as %v, %v", d, err)
	}
}
