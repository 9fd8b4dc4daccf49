package media_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/tags"
)

// oddCase is a file or a tag's name that is right, though it is easily taken for wrong. A
// member that is left out isn't held to anything.
type oddCase struct {
	File          string
	ContentType   string `json:"content_type"`
	Width, Height *int64
	DurationMS    *int64 `json:"duration_ms"`
	Tag           string
	Why           string
}

func oddCases(t *testing.T) (all []oddCase) {
	t.Helper()
	table, err := os.ReadFile(filepath.Join("testdata", "cases", "cases.json"))
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(table, &all); err != nil {
		t.Fatal(err)
	}
	if len(all) < 14 {
		t.Fatalf("%d cases; the table has lost some", len(all))
	}
	return all
}

// TestOddCases finalizes each file and parses each name: all are taken, and files tell
// what other programs tell of them.
func TestOddCases(t *testing.T) {
	b := newBench(t, media.Options{})
	for _, c := range oddCases(t) {
		if c.File == "" {
			if name, err := tags.ParseName(c.Tag); err != nil || name.Shown != c.Tag {
				t.Errorf("%q is %q, %v; want it as it is: %s", c.Tag, name.Shown, err, c.Why)
			}
			continue
		}
		content, err := os.ReadFile(filepath.Join("testdata", "cases", c.File))
		if err != nil {
			t.Fatal(err)
		}
		got, err := b.Finalize(t.Context(), b.arrive(t, c.ContentType, content).ID)
		if err != nil || got.State != media.StateReady || got.ContentType != c.ContentType {
			t.Errorf("%s as %s: %v; want it ready: %s", c.File, c.ContentType, err, c.Why)
			continue
		}
		holds := func(member string, got int64, want *int64) {
			if want != nil && got != *want {
				t.Errorf("%s: its %s is %d; want %d: %s", c.File, member, got, *want, c.Why)
			}
		}
		holds("width", int64(got.Width), c.Width)
		holds("height", int64(got.Height), c.Height)
		holds("duration", got.DurationMS, c.DurationMS)
	}
}
