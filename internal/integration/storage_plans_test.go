package integration_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/pgdialect"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/storage"
	"github.com/seed-f0df946f/mediakit/storage/storagetest"
	"github.com/seed-f0df946f/mediakit/tags"
)

// recorder remembers the statements that a store gives to the driver.
type recorder struct {
	driver.Connector
	mu   sync.Mutex
	seen []recordedStatement
}

type recordedStatement struct {
	text string
	args []any
}

func (r *recorder) Connect(ctx context.Context) (driver.Conn, error) {
	conn, err := r.Connector.Connect(ctx)
	if err != nil {
		return nil, err
	}
	return recordedConn{conn.(*stdlib.Conn), r}, nil
}

func (r *recorder) record(text string, named []driver.NamedValue) {
	r.mu.Lock()
	defer r.mu.Unlock()
	var args []any
	for _, arg := range named {
		if _, mode := arg.Value.(pgx.QueryExecMode); !mode {
			args = append(args, arg.Value)
		}
	}
	r.seen = append(r.seen, recordedStatement{text, args})
}

// take returns what was recorded since it was called last.
func (r *recorder) take() []recordedStatement {
	r.mu.Lock()
	defer r.mu.Unlock()
	seen := r.seen
	r.seen = nil
	return seen
}

type recordedConn struct {
	*stdlib.Conn
	*recorder
}

func (c recordedConn) QueryContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Rows, error) {
	c.record(query, args)
	return c.Conn.QueryContext(ctx, query, args)
}

func (c recordedConn) ExecContext(ctx context.Context, query string, args []driver.NamedValue) (driver.Result, error) {
	c.record(query, args)
	return c.Conn.ExecContext(ctx, query, args)
}

// planNode is a step of a plan, as EXPLAIN tells it.
type planNode struct {
	Type     string     `json:"Node Type"`
	Relation string     `json:"Relation Name"`
	Plans    []planNode `json:"Plans"`
}

// scans returns the tables that a plan reads from end to end.
func (n planNode) scans() (tables []string) {
	if strings.HasSuffix(n.Type, "Seq Scan") {
		tables = append(tables, n.Relation)
	}
	for _, child := range n.Plans {
		tables = append(tables, child.scans()...)
	}
	return tables
}

func explain(t *testing.T, db *sql.DB, s recordedStatement) planNode {
	t.Helper()
	var text string
	args := append([]any{pgx.QueryExecModeSimpleProtocol}, s.args...)
	if err := db.QueryRowContext(t.Context(), "EXPLAIN (FORMAT JSON) "+s.text, args...).Scan(&text); err != nil {
		t.Fatalf("%v of %s", err, s.text)
	}
	var plans []struct{ Plan planNode }
	if err := json.Unmarshal([]byte(text), &plans); err != nil {
		t.Fatal(err)
	}
	return plans[0].Plan
}

// fill makes enough rows that a plan which reads a whole table is the dearer one: 20,000
// media, each with one of 20,000 tags and one of ten.
var fill = []string{
	`INSERT INTO mediakit_tags (id, key, name, media_count, counted_at, created_at, updated_at)
		SELECT ('01939f3e-0000-7000-8000-' || lpad(to_hex(i), 12, '0'))::uuid, 'tag ' || lpad(i::text, 6, '0'), 'x', i % 100, now(), now(), now()
		FROM generate_series(1, 20000) i`,
	`INSERT INTO mediakit_media (id, filename, filename_fold, content_type, kind, size, sha256, sha256_status, state,
			object_key, version, created_at, updated_at, ready_at, expires_at)
		SELECT ('01939f3e-0000-7000-9000-' || lpad(to_hex(i), 12, '0'))::uuid, 'x', 'x', 'image/' || i % 7, 'image', 1,
			sha256(i::text::bytea), 'declared', CASE WHEN i % 100 = 0 THEN 'deleted' ELSE 'ready' END, 'x', 1, now(), now(), now(), now()
		FROM generate_series(1, 20000) i`,
	`INSERT INTO mediakit_media_tags (media_id, tag_id)
		SELECT ('01939f3e-0000-7000-9000-' || lpad(to_hex(i), 12, '0'))::uuid, ('01939f3e-0000-7000-8000-' || lpad(to_hex(k), 12, '0'))::uuid
		FROM generate_series(1, 20000) i, LATERAL (VALUES (i), (i % 10 + 1)) AS tag (k) WHERE i > 10`,
	`INSERT INTO mediakit_idempotency (key, fingerprint, media_id, expires_at)
		SELECT 'key ' || i, sha256(i::text::bytea), gen_random_uuid(), now() + i * interval '1s' FROM generate_series(1, 20000) i`,
	`ANALYZE`,
}

func TestPlansUseIndexes(t *testing.T) {
	t.Parallel()
	config, err := pgx.ParseConfig(newPostgres(t))
	if err != nil {
		t.Fatal(err)
	}
	config.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	r := &recorder{Connector: stdlib.GetConnector(*config)}
	store, err := storage.New(bun.NewDB(sql.OpenDB(r), pgdialect.New()), &storage.Options{ExecMode: pgx.QueryExecModeCacheStatement})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	db := store.DB().DB
	for _, statement := range fill {
		if _, err := db.ExecContext(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	m := create(t, store, storagetest.Draft("Beach", "Sea", "Sun"))
	repo, tag, at := store.Media(), store.Tags(), m.CreatedAt
	list := func(f media.Selection) func(context.Context) error {
		return func(ctx context.Context) error {
			_, _, err := repo.List(ctx, media.Query{Selection: f, After: m.ID, Limit: 10, Budget: 100})
			return err
		}
	}
	tagList := func(q tags.Query) func(context.Context) error {
		q.Limit, q.Budget = 10, 100
		return func(ctx context.Context) error { _, _, err := tag.List(ctx, q); return err }
	}
	hot, rare := "tag 000003", "tag 000500"
	set := storagetest.Draft(hot).Tags
	for name, call := range map[string]func(context.Context) error{
		"page":                list(media.Selection{}),
		"page by state":       list(media.Selection{State: media.StateReady}),
		"page by type":        list(media.Selection{ContentType: "image/3"}),
		"page by sha256":      list(media.Selection{State: media.StateReady, SHA256: m.SHA256}),
		"page by name":        list(media.Selection{State: media.StateReady, FilenameFold: "y"}),
		"page by a tag":       list(media.Selection{AllTagKeys: []string{hot}}),
		"page by tags":        list(media.Selection{AllTagKeys: []string{hot, rare}, NoTagKeys: []string{"beach"}}),
		"page by any":         list(media.Selection{AnyTagKeys: []string{hot, rare}}),
		"page of untagged":    list(media.Selection{State: media.StateReady, Untagged: true}),
		"tags":                tagList(tags.Query{Prefix: "tag", After: &tags.Position{Key: rare}}),
		"tags by use":         tagList(tags.Query{Sort: tags.SortMediaCount, After: &tags.Position{Count: 50, ID: m.ID}}),
		"tags by use, prefix": tagList(tags.Query{Sort: tags.SortMediaCount, Prefix: "tag"}),
		"get":                 func(ctx context.Context) error { _, err := repo.Get(ctx, m.ID); return err },
		"create with a key": func(ctx context.Context) error {
			_, _, err := repo.Create(ctx, keyed("a key", hot, "New"))
			return err
		},
		"update": func(ctx context.Context) error {
			_, err := repo.Update(ctx, m.ID, media.Patch{Tags: &set, At: at}, 0)
			return err
		},
		"retag": func(ctx context.Context) error {
			_, err := repo.Retag(ctx, []uuid.UUID{m.ID}, storagetest.Draft("beach").Tags, []string{hot}, at)
			return err
		},
		"move": func(ctx context.Context) error { return moveReady(ctx, store, m) },
		"merge": func(ctx context.Context) error {
			_, err := tag.Merge(ctx, m.Tags[1].ID, m.Tags[2].ID, at)
			return err
		},
		"claim": func(ctx context.Context) error {
			_, err := repo.Claim(ctx, media.Claim{Now: at, Lease: at.Add(time.Minute), Limit: 5})
			return err
		},
		"forget": func(ctx context.Context) error { _, err := repo.ForgetIdempotencyKeys(ctx, at, 5); return err },
		"recount": func(ctx context.Context) error {
			_, err := tag.Recount(ctx, tags.Recounting{At: at, Before: at, LargeBefore: at, Large: 1000, Limit: 5})
			return err
		},
		"recount a large tag": func(ctx context.Context) error {
			_, err := tag.Recount(ctx, tags.Recounting{At: at, Before: at.Add(time.Hour), LargeBefore: at.Add(time.Hour), Limit: 1})
			return err
		},
	} {
		r.take()
		if err := call(t.Context()); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		for _, s := range r.take() {
			if first, _, _ := strings.Cut(strings.TrimSpace(s.text), " "); !slices.Contains([]string{"WITH", "SELECT", "UPDATE", "DELETE", "INSERT"}, strings.Fields(first)[0]) {
				continue // the beginning and the end of a transaction
			}
			if tables := explain(t, db, s).scans(); len(tables) > 0 {
				t.Errorf("%s reads all of %v in%s", name, tables, s.text)
			}
		}
	}
}
