package migrations_test

import (
	"fmt"
	"io/fs"
	"regexp"
	"strings"
	"testing"

	"github.com/seed-f0df946f/mediakit/migrations"
)

// The runner takes the files in the order of their names, and takes a semicolon at the
// end of a line for the end of a statement.
func TestFiles(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^(postgres|sqlite)/\d{14}_[0-9a-z_]+(\.alone)?\.sql$`)
	commentEnds := regexp.MustCompile(`(?m)--.*;$`)
	names := map[string][]string{}
	err := fs.WalkDir(migrations.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := fs.ReadFile(migrations.FS, path)
		if !form.MatchString(path) {
			t.Errorf("%s isn't of the form %v", path, form)
		}
		if !strings.HasSuffix(string(text), ";\n") || commentEnds.Match(text) {
			t.Errorf("%s: a statement ends with a semicolon at the end of a line, and nothing else does", path)
		}
		folder, name, _ := strings.Cut(path, "/")
		names[folder] = append(names[folder], name)
		return err
	})
	if err != nil || len(names["postgres"]) == 0 {
		t.Errorf("files %v, error %v", names, err)
	}
}

// A program with a migration tool of its own takes the files.
func ExampleFS() {
	files, err := fs.Glob(migrations.FS, "postgres/*.sql")
	fmt.Println(files, err)
	// Output: [postgres/20261127000000_media_and_tags.sql] <nil>
}
