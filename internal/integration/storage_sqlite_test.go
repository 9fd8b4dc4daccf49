package integration_test

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/seed-f0df946f/mediakit/migrations"
	"github.com/seed-f0df946f/mediakit/storage/sqlite"
	"github.com/seed-f0df946f/mediakit/storage/storagetest"
)

// An operator must be able to open the file with the sqlite3 command of their system,
// which may be older than the driver: reading takes no check, but each write takes all.
func TestSQLiteFileOpensInTheCommand(t *testing.T) {
	t.Parallel()
	command, err := exec.LookPath("sqlite3")
	if err != nil {
		skip(t, "there is no sqlite3 command")
	}
	path := filepath.Join(t.TempDir(), "media.db")
	store, err := sqlite.Open(t.Context(), path, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := migrations.Up(t.Context(), store.DB()); err != nil {
		t.Fatal(err)
	}
	d := keyed("key", "Beach")
	create(t, store, d)
	if err := store.Close(); err != nil {
		t.Fatal(err)
	}
	run := func(statement string) (string, error) {
		out, err := exec.Command(command, path, statement).CombinedOutput()
		return strings.TrimSpace(string(out)), err
	}
	for _, c := range [][2]string{
		{"PRAGMA integrity_check", "ok"},
		{"SELECT filename FROM mediakit_media", storagetest.Draft().Media.Filename},
		{"UPDATE mediakit_media SET filename = 'é', found = NULL", ""},
		{"UPDATE mediakit_tags SET key = 'é', media_count = 1", ""},
		{"UPDATE mediakit_idempotency SET key = 'x'", ""},
		{"UPDATE mediakit_media_tags SET tag_id = tag_id", ""},
	} {
		if got, err := run(c[0]); err != nil || got != c[1] {
			t.Errorf("%s: %q, %v; want %q", c[0], got, err, c[1])
		}
	}
	if got, err := run("UPDATE mediakit_media SET size = 0"); err == nil {
		t.Errorf("a check was not applied: %q", got)
	}
}
