package media

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestSniff holds first bytes to the type that they are told to be.
func TestSniff(t *testing.T) {
	const ebml = "\x1a\x45\xdf\xa3"
	packet := "\x47" + string(make([]byte, 187))
	for head, want := range map[string]string{
		"\xff\xd8\xff\xe0":                    "image/jpeg",
		"\xff\xd8":                            "",
		"\xff\xd8garbage":                     "", // browsers take no JPEG without a marker at once
		"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR": "image/png",
		"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR0123456789012CRCC\x00\x00\x00\x08acTL": "image/png", // an APNG
		"GIF87a":                       "image/gif",
		"GIF89a":                       "image/gif",
		"GIF88a":                       "",
		"\x00\x00\x00\x0cftypisom":     "video/mp4", // the shortest of their kinds
		"RIFF\x00\x00\x00\x00WEBP":     "image/webp",
		"RIFF\x00\x00\x00\x00WEBPVP8 ": "image/webp",
		"RIFF\x00\x00\x00\x00AVI JUNK": "video/x-msvideo",
		"RIFF\x00\x00\x00\x00WAVEfmt ": "audio/wav",
		"BM\x00\x00\x00\x00\x00\x00\x00\x00\x1a\x00\x00\x00\x0c\x00\x00\x00": "image/bmp",
		"BM\x00\x00\x00\x00\x00\x00\x00\x00\x1a\x00\x00\x00\x28\x00\x00\x00": "image/bmp",
		"BM\x00\x00\x00\x00\x00\x00\x00\x00\x1a\x00\x00\x00\x6c\x00\x00\x00": "image/bmp",
		"BM\x00\x00\x00\x00\x00\x00\x00\x00\x1a\x00\x00\x00\x7c\x00\x00\x00": "image/bmp",
		"BM\x00\x00\x00\x00\x00\x00\x00\x00\x1a\x00\x00\x00\x41\x00\x00\x00": "",
		"BM\x00\x00\x00\x00\x00\x00\x00\x00\x1a\x00\x00\x00\x0d\x00\x00\x00": "",
		"BMW is a make of cars.": "",

		"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp41": "video/mp4",
		"\x00\x00\x00\x18ftypMSNV\x00\x00\x02\x00MSNVmp42": "video/mp4", // a camera's, which others take for sound
		"\x00\x00\x00\x14ftypqt  \x00\x00\x00\x00qt  ":     "video/quicktime",
		"\x00\x00\x00\x14ftypM4VH\x00\x00\x00\x00M4VH":     "video/x-m4v",
		"\x00\x00\x00\x14ftyp3gp4\x00\x00\x00\x00isom":     "video/3gpp",
		"\x00\x00\x00\x14ftyp3g2a\x00\x00\x00\x00isom":     "video/3gpp2",
		"\x00\x00\x00\x14ftypNONE\x00\x00\x00\x00isom":     "video/mp4",
		"\x00\x00\x00\x14ftypavif\x00\x00\x00\x00avif":     "image/avif",
		"\x00\x00\x00\x14ftypavis\x00\x00\x00\x00avif":     "image/avif",
		"\x00\x00\x00\x14ftypheic\x00\x00\x00\x00mif1":     "image/heic",
		"\x00\x00\x00\x14ftyphevc\x00\x00\x00\x00mif1":     "image/heic-sequence",
		"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1heic": "image/heic",
		"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1avif": "image/avif",
		"\x00\x00\x00\x14ftypmif1\x00\x00\x00\x00heicavif": "image/heic", // the box ends before the last brand
		"\x00\x00\x10\x00ftypmif1\x00\x00\x00\x00mif1":     "image/heif", // a box that is longer than the head
		"\x00\x00\x00\x18ftypM4A \x00\x00\x00\x00M4A isom": "audio/x-m4a",
		"\x00\x00\x00\x18ftypM4B \x00\x00\x00\x00M4A isom": "video/mp4", // others call it audio/mp4
		"\x00\x00\x00\x18ftypcrx \x00\x00\x00\x00crx isom": "image/x-canon-cr3",
		"\x00\x00\x00\x08ftyp":                             "", // without a brand
		"\x00\x00\x00\x08ftypiso":                          "",
		"PK\x03\x04ftypisom\x00\x00\x00\x00isom":           "application/zip",

		"\x00\x00\x00\x08wide\x00\x00\x00\x10mdat": "video/quicktime",
		"\x00\x00\x01\x00skip":                     "video/quicktime", // such a length is an icon's mark too
		"\x00\x00\x00\x00mdat":                     "video/quicktime",
		"\x00\x01\x00\x00moov":                     "video/quicktime",
		"The free world":                           "",
		"\x00\x00\x00\x07free":                     "",
		"\x00\x00\x01\x00\x01\x00\x10\x10":         "image/x-icon",

		ebml + "\xa3\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82\x88matroska": "video/matroska",
		ebml + "\x9f\x42\x86\x81\x01\x42\x82\x84webm":                                                     "video/webm",
		ebml + "\x9f\x42\x82\x89matroska\x00":                                                             "video/matroska", // padded
		ebml + "\x01\xff\xff\xff\xff\xff\xff\xff\x42\x82\x01\x00\x00\x00\x00\x00\x00\x04webm":             "video/webm",     // long numbers
		ebml + "\x9f\xec\x84webm\x42\x82\x84wxyz":                                                         "",               // webm stands in another element
		ebml + "\x85\x42\x82\x84webm":                                                                     "",               // and here beyond the header
		ebml:                                                                                              "",

		"OggS\x00\x02": "video/ogg",
		"OggS\x00\x02" + string(make([]byte, 22)) + "\x01\x13OpusHead": "video/ogg", // its sound comes first
		"\x00\x00\x01\xba":                             "video/mpeg",
		"\x00\x00\x01\xb3":                             "video/mpeg",
		"\x00\x00\x01\xaf":                             "",
		"\x00\x00\x01\xb0":                             "video/mpeg",
		"\x00\x00\x01\xbf":                             "video/mpeg",
		"\x00\x00\x01\xc0":                             "",
		packet + packet + packet:                       "video/mp2t",
		"0123" + packet + "0123" + packet + "0123\x47": "video/mp2t", // with time stamps
		packet + packet:                                "",

		"<svg xmlns=\"http://www.w3.org/2000/svg\"/>": "image/svg+xml",
		"<!DOCTYPE html><html>":                       "text/html",
		"PK\x03\x04":                                  "application/zip",
		"II*\x00\x08\x00\x00\x00":                     "image/tiff",
		"":                                            "",
	} {
		if got := sniff([]byte(head)); got != want {
			t.Errorf("sniff(%.60q) = %q; want %q", head, got, want)
		}
	}
}

// FuzzSniff begins with files of every format. Whatever the bytes are, they have one
// type, and no document passes for a picture because of what follows it.
func FuzzSniff(f *testing.F) {
	samples, err := filepath.Glob("internal/dimensions/testdata/*.*")
	if err != nil || len(samples) < 50 {
		f.Fatalf("%d samples, %v", len(samples), err)
	}
	for _, path := range samples {
		content, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content[:min(len(content), 512)])
	}
	f.Add([]byte("\x00\x00\x00\x08ftyp"))
	allowed := make(map[string]bool)
	for _, t := range DefaultTypes() {
		allowed[family(t)] = true
	}
	f.Fuzz(func(t *testing.T, head []byte) {
		if first, second := sniff(head), sniff(bytes.Clone(head)); first != second {
			t.Errorf("%s, and then %s", first, second)
		}
		for _, document := range []string{"<!DOCTYPE html>", "<svg xmlns=\"http://www.w3.org/2000/svg\">", "PK\x03\x04", "%PDF-1.7\n"} {
			if got := sniff(append([]byte(document), head...)); allowed[family(got)] {
				t.Errorf("%q and %d bytes are told to be %s", document, len(head), got)
			}
		}
	})
}
