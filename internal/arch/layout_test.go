package arch_test

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// folders are all that stand at the top of the module. There is no package at the top
// itself: a newcomer begins with media.
var folders = []string{"blob", "examples", "fault", "httpapi", "internal", "media", "migrations", "storage", "tags"}

func TestLayout(t *testing.T) {
	entries, err := os.ReadDir(moduleRoot)
	if err != nil {
		t.Fatal(err)
	}
	for _, entry := range entries {
		name := entry.Name()
		switch {
		case strings.HasPrefix(name, "."), name == "data": // data: where the example server keeps its files
		case entry.IsDir() && !slices.Contains(folders, name):
			t.Errorf("%s is none of the folders %v", name, folders)
		case filepath.Ext(name) == ".go":
			t.Errorf("%s stands at the top, where no package is", name)
		}
	}
}
