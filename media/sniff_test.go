package media

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// FuzzSniff begins with files of every format. Whatever the bytes are, they have one
// family, and no document passes for a picture because of what follows it.
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
	allowed := make(map[string]bool)
	for _, t := range DefaultTypes() {
		allowed[family(t)] = true
	}
	f.Fuzz(func(t *testing.T, head []byte) {
		if first, second := sniff(head), sniff(bytes.Clone(head)); first != second {
			t.Errorf("%s, and then %s", first, second)
		}
		for _, document := range []string{"<!DOCTYPE html>", "<svg xmlns=\"http://www.w3.org/2000/svg\">", "PK\x03\x04", "%PDF-1.7\n"} {
			if got := sniff(append([]byte(document), head...)); allowed[got] {
				t.Errorf("%q and %d bytes are told to be %s", document, len(head), got)
			}
		}
	})
}
