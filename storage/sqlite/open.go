package sqlite

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	"modernc.org/sqlite"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/storage"
)

// DefaultLockTimeout is how long a writer waits for another one.
const DefaultLockTimeout = 5 * time.Second

// maxConns is how many statements run at once. Readers wait for nobody, while of
// the writers one writes and the others poll: more of them only wake more often.
const maxConns = 8

// Options change what [Open] does by default. A zero field means its default.
type Options struct {
	// LockTimeout is how long a writer waits until those before it are through;
	// then the error is media.ErrUnavailable. In whole milliseconds. Default
	// [DefaultLockTimeout].
	LockTimeout time.Duration
}

// Open returns a store over the database in the file at path, which it creates
// if there is none; the directory has to be there. The file is put into
// write-ahead mode, and nothing else in it is changed. The caller closes the store.
// opts may be nil.
func Open(ctx context.Context, path string, opts *Options) (*storage.Store, error) {
	timeout := DefaultLockTimeout
	if opts != nil && opts.LockTimeout != 0 {
		timeout = opts.LockTimeout
	}
	path, err := file(path)
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	connector, err := sqlite.NewConnector(dsn(path, timeout))
	if err != nil {
		return nil, fmt.Errorf("sqlite: %w", err)
	}
	pool := sql.OpenDB(keeper{connector})
	pool.SetMaxOpenConns(maxConns)
	pool.SetMaxIdleConns(maxConns)
	if err := pool.PingContext(ctx); err != nil {
		_ = pool.Close()
		return nil, unreachable(ctx, err)
	}
	return storage.New(bun.NewDB(pool, sqlitedialect.New()), nil)
}

// file returns the whole path of a file, or why none can be there: of a directory
// that is missing SQLite itself only tells that it can't open the file.
func file(path string) (string, error) {
	if path == "" || strings.HasPrefix(path, ":") || strings.HasPrefix(path, "file:") {
		return "", errors.New("the path has to be that of a file")
	}
	path, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if info, err := os.Stat(filepath.Dir(path)); err != nil {
		return "", fmt.Errorf("the directory of the database: %w", err)
	} else if !info.IsDir() {
		return "", fmt.Errorf("the directory of the database: %w", &fs.PathError{Op: "open", Path: filepath.Dir(path), Err: fs.ErrInvalid})
	}
	return path, nil
}

// dsn names the file as a URI, so that no character in the path is special, and
// what holds on each connection. The driver sets busy_timeout first: the change to
// write-ahead mode may have to wait.
//
// A transaction begins as a writer's. One that begins to write later is refused,
// without waiting, if another has written since it began to read.
func dsn(path string, timeout time.Duration) string {
	path = filepath.ToSlash(path)
	if !strings.HasPrefix(path, "/") {
		path = "/" + path // a volume
	}
	values := url.Values{
		"_txlock":      {"immediate"},
		"_time_format": {"sqlite"}, // for a host's own arguments: storage writes its own times
		"_pragma": {
			"busy_timeout(" + strconv.FormatInt(timeout.Milliseconds(), 10) + ")",
			"journal_mode(wal)",
			"synchronous(full)", // or the last commits are lost with the machine
			"foreign_keys(on)",
		},
	}
	u := url.URL{Scheme: "file", Path: path, RawQuery: values.Encode()}
	return u.String()
}

// notADatabase is SQLITE_NOTADB.
const notADatabase = 26

func unreachable(ctx context.Context, err error) error {
	var refused *sqlite.Error
	if ctx.Err() != nil || errors.As(err, &refused) && refused.Code() == notADatabase {
		return fmt.Errorf("sqlite: %w", err)
	}
	return fmt.Errorf("sqlite: can't open the database: %w: %w", media.ErrUnavailable, err)
}
