package sqlite_test

import (
	"context"
	"database/sql"
	"path/filepath"
	"testing"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/migrations"
	"github.com/seed-f0df946f/mediakit/storage/storagetest"
	"github.com/seed-f0df946f/mediakit/tags"
)

// Each benchmark of the storage stands beside the bare statement that does the same,
// prepared and run through database/sql on the same file: what the library adds is the
// difference. One goroutine calls, since SQLite would make several wait for each other.

const (
	bareInsert = `INSERT INTO mediakit_media (id, filename, filename_fold, content_type, kind, size, sha256,
		sha256_status, state, object_key, version, created_at, updated_at, expires_at, due_at)
		VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`
	bareLinks = `INSERT INTO mediakit_media_tags (tag_id, media_id)
		SELECT id, ? FROM mediakit_tags WHERE key IN ('beach', 'family', 'italy', 'sea', 'sunset')`
	bareGet = `SELECT m.id, m.filename, m.filename_fold, m.content_type, m.kind, m.size, m.sha256, m.sha256_status,
		m.state, m.object_key, m.version, m.created_at, m.updated_at, m.expires_at,
		(SELECT group_concat(t.name ORDER BY t.key) FROM mediakit_media_tags l
			JOIN mediakit_tags t ON t.id = l.tag_id WHERE l.media_id = m.id)
		FROM mediakit_media m WHERE m.id = ? AND m.state <> 'deleted'`
	barePage = `SELECT m.* FROM mediakit_media_tags l JOIN mediakit_media m ON m.id = l.media_id
		WHERE l.tag_id = ? AND m.state <> 'deleted' ORDER BY l.media_id DESC LIMIT 51`
)

var fiveNames = []string{"Beach", "Family", "Italy", "Sea", "Sunset"}

func bareArgs(m media.Media) []any {
	const layout = "2006-01-02 15:04:05.999999-07:00"
	args := []any{
		m.ID, m.Filename, m.FilenameFold, m.ContentType, string(m.Kind), m.Size, m.SHA256, string(m.SHA256Status),
		string(m.State), m.ObjectKey, m.Version,
	}
	return append(args, m.CreatedAt.Format(layout), m.UpdatedAt.Format(layout), m.ExpiresAt.Format(layout), m.DueAt.Format(layout))
}

func BenchmarkStorage(b *testing.B) {
	path := filepath.Join(b.TempDir(), "media.db")
	store := openFile(b, path, nil)
	if err := migrations.Up(b.Context(), store.DB()); err != nil {
		b.Fatal(err)
	}
	bare := openFile(b, path, nil).DB().DB // set up as the store's own
	prepare := func(text string) *sql.Stmt {
		statement, err := bare.PrepareContext(b.Context(), text)
		if err != nil {
			b.Fatal(err)
		}
		b.Cleanup(func() { _ = statement.Close() })
		return statement
	}
	insert, links, get, page := prepare(bareInsert), prepare(bareLinks), prepare(bareGet), prepare(barePage)
	m := create(b, store, storagetest.Draft(fiveNames...))
	for range 200 {
		create(b, store, storagetest.Draft("Beach", "Sea"))
	}
	for _, c := range []struct {
		name string
		call func(context.Context) error
	}{
		{"create/storage", func(ctx context.Context) error {
			_, _, err := store.Media().Create(ctx, storagetest.Draft())
			return err
		}},
		{"create/bare", func(ctx context.Context) error {
			_, err := insert.ExecContext(ctx, bareArgs(storagetest.Draft().Media)...)
			return err
		}},
		{"create with five tags/storage", func(ctx context.Context) error {
			_, _, err := store.Media().Create(ctx, storagetest.Draft(fiveNames...))
			return err
		}},
		{"create with five tags/bare", func(ctx context.Context) error {
			tx, err := bare.BeginTx(ctx, nil)
			if err != nil {
				return err
			}
			defer func() { _ = tx.Rollback() }()
			d := storagetest.Draft()
			if _, err := tx.StmtContext(ctx, insert).ExecContext(ctx, bareArgs(d.Media)...); err != nil {
				return err
			}
			if _, err := tx.StmtContext(ctx, links).ExecContext(ctx, d.Media.ID); err != nil {
				return err
			}
			return tx.Commit()
		}},
		{"get/storage", func(ctx context.Context) error { _, err := store.Media().Get(ctx, m.ID); return err }},
		{"get/bare", func(ctx context.Context) error { return scanAll(get.QueryContext(ctx, m.ID)) }},
		{"page by tag/storage", func(ctx context.Context) error {
			_, _, err := store.Media().List(ctx, media.Query{Selection: media.Selection{AllTagKeys: []string{"beach"}}, Limit: 50, Budget: 5000})
			return err
		}},
		{"page by tag/bare", func(ctx context.Context) error { return scanAll(page.QueryContext(ctx, m.Tags[0].ID)) }},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if err := c.call(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// scanAll reads the rows into nothing.
func scanAll(rows *sql.Rows, err error) error {
	if err != nil {
		return err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return err
	}
	values := make([]any, len(columns))
	for i := range values {
		values[i] = new(sql.RawBytes)
	}
	for rows.Next() {
		if err := rows.Scan(values...); err != nil {
			return err
		}
	}
	return rows.Err()
}

// BenchmarkTagsByUse reads pages of a million tags, beside the bare statement for the first.
func BenchmarkTagsByUse(b *testing.B) {
	store := open(b, nil)
	const fill = `WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < 999999)
		INSERT INTO mediakit_tags (id, key, name, media_count, counted_at, created_at, updated_at)
		SELECT printf('01939f3e-0000-7000-8000-%012x', i), printf('tag %06d', i), 'x',
			CASE WHEN i % 10 > 0 THEN i * 31 % 5000 END, CASE WHEN i % 10 > 0 THEN '2026-11-24 09:30:00+00:00' END,
			'2026-11-24 09:30:00+00:00', '2026-11-24 09:30:00+00:00' FROM n`
	db := store.DB().DB
	if _, err := db.ExecContext(b.Context(), fill); err != nil {
		b.Fatal(err)
	}
	const bare = `SELECT id, key, name, media_count, counted_at, created_at, updated_at FROM mediakit_tags
		WHERE scope = '' ORDER BY coalesce(media_count, -1) DESC, id LIMIT 51`
	statement, err := db.PrepareContext(b.Context(), bare)
	if err != nil {
		b.Fatal(err)
	}
	defer statement.Close()
	page := func(q tags.Query) func(context.Context) error {
		q.Sort, q.Limit, q.Budget = tags.SortMediaCount, 50, 500
		return func(ctx context.Context) error { _, _, err := store.Tags().List(ctx, q); return err }
	}
	for name, call := range map[string]func(context.Context) error{
		"first/bare":         func(ctx context.Context) error { return scanAll(statement.QueryContext(ctx)) },
		"first":              page(tags.Query{}),
		"deep":               page(tags.Query{After: &tags.Position{Count: 1234}}),
		"deep among equals":  page(tags.Query{After: &tags.Position{Count: -1, ID: [16]byte{0x01, 0x93, 0x9f, 0x3e, 0, 0, 0x70, 0, 0x80, 0, 0, 0, 0, 8, 0, 0}}}),
		"a prefix of all":    page(tags.Query{Prefix: "tag"}),
		"a prefix of 10,000": page(tags.Query{Prefix: "tag 01"}),
		"a prefix of 100":    page(tags.Query{Prefix: "tag 0123"}),
	} {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				if err := call(b.Context()); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
