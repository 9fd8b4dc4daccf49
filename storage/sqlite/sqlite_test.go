package sqlite_test

import (
	"context"
	"encoding/binary"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/migrations"
	"github.com/seed-f0df946f/mediakit/storage"
	"github.com/seed-f0df946f/mediakit/storage/sqlite"
	"github.com/seed-f0df946f/mediakit/storage/storagetest"
)

func TestMain(m *testing.M) {
	if path := os.Getenv(migrateEnv); path != "" {
		migrateAndStop(path)
	}
	os.Exit(m.Run())
}

// openFile returns a store over the file, without a schema if it is new.
func openFile(t testing.TB, path string, opts *sqlite.Options) *storage.Store {
	t.Helper()
	store, err := sqlite.Open(t.Context(), path, opts)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	return store
}

// open returns a store of the test's own, with the schema.
func open(t testing.TB, opts *sqlite.Options) *storage.Store {
	t.Helper()
	store := openFile(t, filepath.Join(t.TempDir(), "media.db"), opts)
	if err := migrations.Up(t.Context(), store.DB()); err != nil {
		t.Fatal(err)
	}
	return store
}

func repositories(s *storage.Store) storagetest.Repositories {
	return storagetest.Repositories{Media: s.Media(), Tags: s.Tags()}
}

// patient lets a slow machine be slow.
var patient = sqlite.Options{LockTimeout: time.Minute}

func TestStorage(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) storagetest.Repositories { return repositories(open(t, &patient)) })
}

// Two programs that share the file have no turns in common.
func TestStorageInTwoPrograms(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) storagetest.Repositories {
		path := filepath.Join(t.TempDir(), "media.db")
		one, other := openFile(t, path, &patient), openFile(t, path, &patient)
		if err := migrations.Up(t.Context(), one.DB()); err != nil {
			t.Fatal(err)
		}
		return storagetest.Repositories{Media: one.Media(), Tags: other.Tags()}
	})
}

func TestSQL(t *testing.T) {
	storagetest.RunSQL(t, func(t *testing.T) storagetest.SQL {
		store := open(t, &patient)
		return storagetest.SQL{
			Repositories: repositories(store),
			InTx: func(ctx context.Context, f func(context.Context, storagetest.Repositories) error) error {
				return store.InTx(ctx, func(ctx context.Context, s *storage.Store) error { return f(ctx, repositories(s)) })
			},
			Exec: func(ctx context.Context, statement string) error {
				_, err := store.DB().DB.ExecContext(ctx, statement)
				return err
			},
		}
	})
}

func create(t testing.TB, s *storage.Store, d media.Draft) media.Media {
	t.Helper()
	m, _, err := s.Media().Create(t.Context(), d)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func moveReady(ctx context.Context, s *storage.Store, m media.Media) error {
	_, _, err := s.Media().Move(ctx, m.ID, media.When{From: []media.State{media.StatePending}}, media.Change{State: media.StateReady, At: m.CreatedAt})
	return err
}

// writes are calls that write, in each of the ways that there are.
func writes(s *storage.Store, m media.Media) map[string]func(context.Context) error {
	creating := func(d media.Draft) func(context.Context) error {
		return func(ctx context.Context) error { _, _, err := s.Media().Create(ctx, d); return err }
	}
	return map[string]func(context.Context) error{
		"create":           creating(storagetest.Draft()),
		"create with tags": creating(storagetest.Draft("Beach")),
		"finalize":         func(ctx context.Context) error { return moveReady(ctx, s, m) },
		"release": func(ctx context.Context) error {
			_, err := s.Media().Release(ctx, m.ID, m.DueAt, m.CreatedAt)
			return err
		},
		"in a transaction": func(ctx context.Context) error {
			return s.InTx(ctx, func(ctx context.Context, s *storage.Store) error { return moveReady(ctx, s, m) })
		},
	}
}

// A host's row, a media and its tags are committed together, or vanish together.
func TestHostTransaction(t *testing.T) {
	t.Parallel()
	store := open(t, nil)
	db := store.DB()
	if _, err := db.ExecContext(t.Context(), "CREATE TABLE album (title text)"); err != nil {
		t.Fatal(err)
	}
	stop := errors.New("stop")
	for _, want := range []error{nil, stop} {
		d := storagetest.Draft("Beach", "Sea")
		err := db.RunInTx(t.Context(), nil, func(ctx context.Context, tx bun.Tx) error {
			if _, err := tx.ExecContext(ctx, "INSERT INTO album VALUES (?)", d.Media.ID.String()); err != nil {
				return err
			}
			inner, err := storage.New(tx, nil)
			if err != nil {
				return err
			}
			create(t, inner, d)
			return want
		})
		if !errors.Is(err, want) {
			t.Fatalf("RunInTx: %v; want %v", err, want)
		}
		albums, err := db.NewSelect().Table("album").Where("title = ?", d.Media.ID.String()).Count(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got, err := store.Media().Get(t.Context(), d.Media.ID)
		if committed := want == nil; (err == nil) != committed || (len(got.Tags) == 2) != committed || (albums == 1) != committed {
			t.Errorf("after %v: media %v, error %v, albums %d", want, got, err, albums)
		}
	}
}

// A walk between times of creation begins and ends there: what lies outside costs nothing
// of its budget.
func TestTimesBoundTheWalk(t *testing.T) {
	t.Parallel()
	store := open(t, nil)
	first := storagetest.Draft().Media.CreatedAt
	var made []media.Media
	for i := range 9 {
		d := storagetest.Draft("Beach")
		d.Media.CreatedAt = first.Add(time.Duration(i) * time.Hour)
		binary.BigEndian.PutUint32(d.Media.ID[:], uint32(d.Media.CreatedAt.UnixMilli()>>16))
		binary.BigEndian.PutUint16(d.Media.ID[4:], uint16(d.Media.CreatedAt.UnixMilli()))
		made = append(made, create(t, store, d))
	}
	from, to := made[3].CreatedAt.Add(time.Minute), made[6].CreatedAt.Add(-time.Minute)
	for _, ascending := range []bool{false, true} {
		for _, named := range [][]string{nil, {"beach"}} {
			selection := media.Selection{AllTagKeys: named, CreatedAfter: from, CreatedBefore: to}
			q := media.Query{Selection: selection, Ascending: ascending, Limit: 2, Budget: 3}
			page, next, err := store.Media().List(t.Context(), q)
			if err != nil || len(page) != 2 || next != uuid.Nil {
				t.Errorf("ascending %v, tags %v: %d media, next %v, error %v; want both and no next", ascending, named, len(page), next, err)
			}
		}
	}
}
