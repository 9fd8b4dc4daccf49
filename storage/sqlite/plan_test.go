package sqlite_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/migrations"
	"github.com/seed-f0df946f/mediakit/storage"
	"github.com/seed-f0df946f/mediakit/storage/storagetest"
	"github.com/seed-f0df946f/mediakit/tags"
)

// statement is one as the driver gets it.
type statement struct {
	text string
	args []driver.NamedValue
}

// recorder is a connector that remembers what its connections are given.
type recorder struct {
	driver driver.Driver
	dsn    string
	mu     sync.Mutex
	seen   []statement
}

func (r *recorder) Connect(context.Context) (driver.Conn, error) {
	conn, err := r.driver.Open(r.dsn)
	if err != nil {
		return nil, err
	}
	return recordedConn{conn.(fullConn), r}, nil
}

func (r *recorder) Driver() driver.Driver { return r.driver }

func (r *recorder) record(text string, args []driver.NamedValue) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.seen = append(r.seen, statement{text, args})
}

// take returns what was recorded since it was called last.
func (r *recorder) take() []statement {
	r.mu.Lock()
	defer r.mu.Unlock()
	seen := r.seen
	r.seen = nil
	return seen
}

type fullConn interface {
	driver.Conn
	driver.ConnBeginTx
	driver.QueryerContext
	driver.ExecerContext
}

type recordedConn struct {
	fullConn
	*recorder
}

func (c recordedConn) QueryContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Rows, error) {
	c.record(text, args)
	return c.fullConn.QueryContext(ctx, text, args)
}

func (c recordedConn) ExecContext(ctx context.Context, text string, args []driver.NamedValue) (driver.Result, error) {
	c.record(text, args)
	return c.fullConn.ExecContext(ctx, text, args)
}

func recorded(t *testing.T) (*storage.Store, *recorder) {
	t.Helper()
	named, err := sql.Open("sqlite", "")
	if err != nil {
		t.Fatal(err)
	}
	dsn := filepath.Join(t.TempDir(), "media.db") + "?_pragma=foreign_keys(1)&_txlock=immediate"
	r := &recorder{driver: named.Driver(), dsn: dsn}
	store, err := storage.New(bun.NewDB(sql.OpenDB(r), sqlitedialect.New()), nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = store.Close() })
	if err := migrations.Up(t.Context(), store.DB()); err != nil {
		t.Fatal(err)
	}
	return store, r
}

// plan tells how SQLite runs a statement, a line for each step.
func plan(t *testing.T, db *bun.DB, s statement) (steps []string) {
	t.Helper()
	args := make([]any, len(s.args))
	for i, a := range s.args {
		args[i] = a.Value
	}
	rows, err := db.DB.QueryContext(t.Context(), "EXPLAIN QUERY PLAN "+s.text, args...)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id, parent, unused int
		var step string
		if err := rows.Scan(&id, &parent, &unused, &step); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, step)
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return steps
}

// unbounded returns the steps that read a table from end to end. What else may be
// scanned is short: a list that came as an argument, what a statement has found by
// then, and the walk of a page, which stops when the page is full.
func unbounded(text string, steps []string) (bad []string) {
	found := regexp.MustCompile(`(?:^|\s)(\w+) AS (?:NOT )?MATERIALIZED|\bFROM h (m)\b|\) (l|u|f)\b`)
	may := map[string]bool{"CONSTANT": true}
	for _, match := range found.FindAllStringSubmatch(text, -1) {
		may[match[1]+match[2]+match[3]] = true
	}
	for _, step := range steps {
		name, scan := strings.CutPrefix(step, "SCAN ")
		name, how, _ := strings.Cut(name, " ")
		switch {
		case step == "MATERIALIZE c":
			bad = append(bad, step)
		case !scan, strings.HasPrefix(how, "VIRTUAL TABLE"), strings.HasPrefix(name, "(subquery"):
		case !may[name]:
			bad = append(bad, step)
		case name == "m":
			may[name] = false // only what was found is scanned, and only once
		}
	}
	return bad
}

func TestPlansUseIndexes(t *testing.T) {
	t.Parallel()
	store, r := recorded(t)
	repo, tag := store.Media(), store.Tags()
	m := create(t, store, storagetest.Draft("Beach", "Sea", "Sun"))
	at := m.CreatedAt
	list := func(f media.Selection) func(context.Context) {
		return func(ctx context.Context) {
			for _, ascending := range []bool{false, true} {
				_, _, err := repo.List(ctx, media.Query{Selection: f, After: m.ID, Ascending: ascending, Limit: 10, Budget: 100})
				if err != nil {
					t.Error(err)
				}
			}
		}
	}
	name, set := "x", storagetest.Draft("a", "beach").Tags
	for call, do := range map[string]func(context.Context){
		"page": list(media.Selection{}), "page by state": list(media.Selection{State: media.StateReady}),
		"page by type": list(media.Selection{ContentType: "image/png"}), "page by name": list(media.Selection{FilenameFold: "x"}),
		"page by time": list(media.Selection{CreatedAfter: at, CreatedBefore: at}), "page of untagged": list(media.Selection{Untagged: true}),
		"page by a tag": list(media.Selection{AllTagKeys: []string{"beach"}}), "page by any": list(media.Selection{AnyTagKeys: []string{"beach", "sea"}}),
		"page by all":       list(media.Selection{AllTagKeys: []string{"beach", "sea"}, NoTagKeys: []string{"sun"}}),
		"page by all sorts": list(media.Selection{AllTagKeys: []string{"beach"}, AnyTagKeys: []string{"sea", "sun"}, NoTagKeys: []string{"sun"}, Kind: media.KindVideo}),
		"page by sha256":    list(media.Selection{State: media.StateReady, SHA256: m.SHA256, AllTagKeys: []string{"beach"}}),
		"get":               func(ctx context.Context) { _, _ = repo.Get(ctx, m.ID) },
		"create":            func(ctx context.Context) { _, _, _ = repo.Create(ctx, storagetest.Draft("Beach", "New")) },
		"create with a key": func(ctx context.Context) {
			d := storagetest.Draft()
			d.IdempotencyKey, d.IdempotencyKeyUntil = "key", at
			_, _, _ = repo.Create(ctx, d)
			_, _, _ = repo.Create(ctx, d)
		},
		"update": func(ctx context.Context) {
			_, _ = repo.Update(ctx, m.ID, media.Patch{Filename: &name, FilenameFold: name, Tags: &set, At: at}, 0)
		},
		"retag":      func(ctx context.Context) { _, _ = repo.Retag(ctx, nil, set, []string{"sea"}, at) },
		"move":       func(ctx context.Context) { _ = moveReady(ctx, store, m) },
		"set upload": func(ctx context.Context) { _, _, _ = repo.SetUpload(ctx, m.ID, "x", at) },
		"claim": func(ctx context.Context) {
			_, _ = repo.Claim(ctx, media.Claim{Now: at.Add(99 * time.Hour), Lease: at, Limit: 5})
		},
		"release": func(ctx context.Context) { _, _ = repo.Release(ctx, m.ID, at, at) },
		"remove":  func(ctx context.Context) { _, _ = repo.Remove(ctx, m.ID, at) },
		"forget":  func(ctx context.Context) { _, _ = repo.ForgetIdempotencyKeys(ctx, at, 5) },
		"tags": func(ctx context.Context) {
			_, _, _ = tag.List(ctx, tags.Query{Prefix: "b", Limit: 5, After: &tags.Position{Key: "be"}})
		},
		"tags by use": func(ctx context.Context) {
			for _, prefix := range []string{"", "b"} {
				q := tags.Query{Prefix: prefix, Sort: tags.SortMediaCount, Limit: 1, Budget: 5, After: &tags.Position{Count: 7}}
				_, _, _ = tag.List(ctx, q)
			}
		},
		"recount": func(ctx context.Context) {
			_, _ = tag.Recount(ctx, tags.Recounting{At: at, Before: at, LargeBefore: at, Limit: 5}) // all are large
		},
		"rename": func(ctx context.Context) { _, _ = tag.Rename(ctx, m.Tags[0].ID, tags.Name{Shown: "Y", Key: "y"}, at) },
		"merge":  func(ctx context.Context) { _, _ = tag.Merge(ctx, m.Tags[1].ID, m.Tags[2].ID, at) },
		"delete": func(ctx context.Context) { _ = tag.Delete(ctx, m.Tags[1].ID) },
	} {
		r.take()
		do(t.Context())
		for _, s := range r.take() {
			for _, step := range unbounded(s.text, plan(t, store.DB(), s)) {
				t.Errorf("%s: %s in%s", call, step, s.text)
			}
		}
	}
}
