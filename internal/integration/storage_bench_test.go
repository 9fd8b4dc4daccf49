package integration_test

import (
	"context"
	"database/sql"
	"testing"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/storage"
	"github.com/seed-f0df946f/mediakit/storage/storagetest"
	"github.com/seed-f0df946f/mediakit/tags"
)

// Each benchmark of the storage stands beside the bare statement that does the
// same, prepared and run through database/sql: what the library adds is the
// difference.

const (
	bareInsert = `INSERT INTO mediakit_media (id, filename, filename_fold, content_type, kind, size, sha256,
		sha256_status, state, object_key, version, created_at, updated_at, expires_at, due_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)`
	bareTagged = `WITH stored AS (` + bareInsert + ` RETURNING id)
		INSERT INTO mediakit_media_tags (tag_id, media_id)
		SELECT t.id, stored.id FROM stored, mediakit_tags t WHERE t.key = ANY ($16::text[])`
	bareColumns = `m.id, m.filename, m.filename_fold, m.content_type, m.kind, m.size, m.sha256, m.sha256_status,
		m.state, m.object_key, m.version, m.created_at, m.updated_at, m.expires_at,
		(SELECT string_agg(t.name, ',' ORDER BY t.key) FROM mediakit_media_tags l
			JOIN mediakit_tags t ON t.id = l.tag_id WHERE l.media_id = m.id)`
	bareGet  = `SELECT ` + bareColumns + ` FROM mediakit_media m WHERE m.id = $1 AND m.state <> 'deleted'`
	bareMove = `UPDATE mediakit_media m SET state = 'ready', version = version + 1, updated_at = $2, ready_at = $2,
		etag = $3, due_at = NULL WHERE id = $1 AND state = 'pending' RETURNING ` + bareColumns
)

// scanBare reads what the statements with bareColumns answer.
func scanBare(row *sql.Row) error {
	var m media.Media
	var names sql.NullString
	return row.Scan(&m.ID, &m.Filename, &m.FilenameFold, &m.ContentType, &m.Kind, &m.Size, &m.SHA256, &m.SHA256Status,
		&m.State, &m.ObjectKey, &m.Version, &m.CreatedAt, &m.UpdatedAt, &m.ExpiresAt, &names)
}

var fiveNames = []string{"Beach", "Family", "Italy", "Sea", "Sunset"}

// bench is a store and a bare handle on the same database.
type bench struct {
	*storage.Store
	bare *sql.DB
}

func newBench(b *testing.B) bench {
	b.Helper()
	dsn := newPostgres(b)
	s := bench{openStore(b, dsn, nil), openSQL(b, dsn)}
	s.bare.SetMaxIdleConns(20)
	create(b, s.Store, storagetest.Draft(fiveNames...))
	return s
}

// run measures call under the name, from several goroutines at once.
func run(b *testing.B, name string, call func(context.Context) error) {
	b.Run(name, func(b *testing.B) {
		b.ReportAllocs()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if err := call(b.Context()); err != nil {
					b.Error(err)
					return
				}
			}
		})
	})
}

func (s bench) prepare(b *testing.B, text string) *sql.Stmt {
	b.Helper()
	statement, err := s.bare.PrepareContext(b.Context(), text)
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { _ = statement.Close() })
	return statement
}

func bareArgs(m media.Media) []any {
	return []any{
		m.ID, m.Filename, m.FilenameFold, m.ContentType, m.Kind, m.Size, m.SHA256, m.SHA256Status,
		m.State, m.ObjectKey, m.Version, m.CreatedAt, m.UpdatedAt, m.ExpiresAt, m.DueAt,
	}
}

func BenchmarkCreate(b *testing.B) {
	s := newBench(b)
	statement := s.prepare(b, bareInsert)
	run(b, "storage", func(ctx context.Context) error { _, _, err := s.Media().Create(ctx, storagetest.Draft()); return err })
	run(b, "bare", func(ctx context.Context) error {
		_, err := statement.ExecContext(ctx, bareArgs(storagetest.Draft().Media)...)
		return err
	})
}

func BenchmarkCreateWithFiveTags(b *testing.B) {
	s := newBench(b)
	statement := s.prepare(b, bareTagged)
	keys := "{beach,family,italy,sea,sunset}"
	run(b, "storage", func(ctx context.Context) error {
		_, _, err := s.Media().Create(ctx, storagetest.Draft(fiveNames...))
		return err
	})
	run(b, "bare", func(ctx context.Context) error {
		_, err := statement.ExecContext(ctx, append(bareArgs(storagetest.Draft().Media), keys)...)
		return err
	})
}

func BenchmarkGet(b *testing.B) {
	s := newBench(b)
	statement := s.prepare(b, bareGet)
	id := create(b, s.Store, storagetest.Draft(fiveNames...)).ID
	run(b, "storage", func(ctx context.Context) error { _, err := s.Media().Get(ctx, id); return err })
	run(b, "bare", func(ctx context.Context) error { return scanBare(statement.QueryRowContext(ctx, id)) })
}

// BenchmarkFinalize moves media that were stored before the clock starts.
func BenchmarkFinalize(b *testing.B) {
	s := newBench(b)
	statement := s.prepare(b, bareMove)
	runOnEach(b, "storage", s.Store, func(ctx context.Context, id uuid.UUID) error {
		_, _, err := s.Media().Move(ctx, id, media.When{From: []media.State{media.StatePending}}, moveTo(media.StateReady))
		return err
	})
	runOnEach(b, "bare", s.Store, func(ctx context.Context, id uuid.UUID) error {
		return scanBare(statement.QueryRowContext(ctx, id, moveTo(media.StateReady).At, `"etag"`))
	})
}

// runOnEach is run with a media of its own for each call.
func runOnEach(b *testing.B, name string, store *storage.Store, call func(context.Context, uuid.UUID) error) {
	b.Run(name, func(b *testing.B) {
		ids := make(chan uuid.UUID, b.N)
		for range b.N {
			ids <- create(b, store, storagetest.Draft()).ID
		}
		b.ReportAllocs()
		b.ResetTimer()
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if err := call(b.Context(), <-ids); err != nil {
					b.Error(err)
					return
				}
			}
		})
	})
}

// BenchmarkTagsByUse reads pages of a million tags, beside the bare statement for the first.
func BenchmarkTagsByUse(b *testing.B) {
	s := newBench(b)
	for _, statement := range []string{
		`INSERT INTO mediakit_tags (id, key, name, media_count, counted_at, created_at, updated_at)
		SELECT ('01939f3e-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, 'tag ' || lpad(i::text, 6, '0'), 'x',
			CASE WHEN i % 10 > 0 THEN i * 31 % 5000 END, CASE WHEN i % 10 > 0 THEN now() END, now(), now()
		FROM generate_series(1, 999999) i`,
		`VACUUM ANALYZE mediakit_tags`,
	} {
		if _, err := s.bare.ExecContext(b.Context(), statement); err != nil {
			b.Fatal(err)
		}
	}
	statement := s.prepare(b, `SELECT id, key, name, media_count FROM mediakit_tags
		WHERE scope = '' ORDER BY - coalesce(media_count, -1), id LIMIT 51`)
	run(b, "first/bare", func(ctx context.Context) error {
		rows, err := statement.QueryContext(ctx)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			var t tags.Tag
			if err := rows.Scan(&t.ID, &t.Key, &t.Name, &t.MediaCount); err != nil {
				return err
			}
		}
		return rows.Err()
	})
	for name, q := range map[string]tags.Query{
		"first":               {},
		"deep":                {After: &tags.Position{Count: 1234}},
		"among never counted": {After: &tags.Position{Count: -1, ID: uuid.MustParse("01939f3e-0000-7000-8000-000000080000")}},
		"a prefix of all":     {Prefix: "tag"},
		"a prefix of 10,000":  {Prefix: "tag 01"},
		"a prefix of 100":     {Prefix: "tag 0123"},
	} {
		q.Sort, q.Limit, q.Budget = tags.SortMediaCount, 50, 500
		run(b, name, func(ctx context.Context) error { _, _, err := s.Tags().List(ctx, q); return err })
	}
}
