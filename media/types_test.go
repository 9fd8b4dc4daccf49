package media

import "testing"

func TestSniff(t *testing.T) {
	for head, want := range map[string]string{
		"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR":                                                                      "image/png",
		"\x00\x00\x00\x18ftypisom\x00\x00\x02\x00isommp41":                                                         familyISO,
		"\x00\x00\x00\x18ftypMSNV\x00\x00\x02\x00MSNVmp42":                                                         familyISO,
		"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1heic":                                                         familyHEIF,
		"\x00\x00\x00\x18ftypmif1\x00\x00\x00\x00mif1avif":                                                         "image/avif",
		"\x00\x00\x00\x18ftypM4A \x00\x00\x00\x00M4A isom":                                                         "application/octet-stream",
		"\x00\x00\x00\x08wide\x00\x00\x00\x10mdat":                                                                 familyISO,
		"\x00\x00\x10\x00ftypmif1\x00\x00\x00\x00mif1":                                                             familyHEIF, // a length beyond the head
		"PK\x03\x04ftypisom\x00\x00\x00\x00isom":                                                                   "application/zip",
		"\x1a\x45\xdf\xa3\xa3\x42\x86\x81\x01\x42\xf7\x81\x01\x42\xf2\x81\x04\x42\xf3\x81\x08\x42\x82\x88matroska": familyMatroska,
		"\x1a\x45\xdf\xa3\x9f\x42\x86\x81\x01\x42\x82\x84webm":                                                     familyMatroska,
		"<svg xmlns=\"http://www.w3.org/2000/svg\"/>":                                                              "image/svg+xml",
		"<!DOCTYPE html><html>":                                                                                    "text/html",
		"PK\x03\x04":                                                                                               "application/zip",
		"":                                                                                                         "text/plain",
	} {
		if got := sniff([]byte(head)); got != want {
			t.Errorf("sniff(%q) = %s; want %s", head, got, want)
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
