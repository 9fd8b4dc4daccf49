package migrations_test

import (
	"fmt"
	"io/fs"
	"regexp"
	"testing"

	"github.com/seed-f0df946f/mediakit/migrations"
)

// Every file is run in a transaction, and its name puts it in its place.
func TestFiles(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^(postgres|sqlite)/\d{14}_[0-9a-z_]+\.tx\.up\.sql$`)
	found := 0
	err := fs.WalkDir(migrations.FS, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		if found++; !form.MatchString(path) {
			t.Errorf("%s isn't of the form %v", path, form)
		}
		return nil
	})
	if err != nil || found == 0 {
		t.Errorf("%d files, error %v", found, err)
	}
}

// A program with a migration tool of its own takes the files.
func ExampleFS() {
	files, err := fs.Glob(migrations.FS, "postgres/*.sql")
	fmt.Println(files, err)
	// Output: [postgres/20261124000000_media_and_tags.tx.up.sql] <nil>
}
