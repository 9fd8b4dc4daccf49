package integration_test

import (
	"context"
	"database/sql"
	"fmt"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/seed-f0df946f/mediakit/storage"
	"github.com/seed-f0df946f/mediakit/storage/postgres"
	"github.com/seed-f0df946f/mediakit/storage/storagetest"
)

// pgbouncerConfig hands out a connection for one transaction at a time. It refuses what a
// client would set at connecting, and gives its clients few connections.
const pgbouncerConfig = `
[databases]
* = host=%s port=%s
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = %s
unix_socket_dir =
auth_type = trust
auth_file = %s
pool_mode = transaction
default_pool_size = 8
max_client_conn = 1000
server_round_robin = 1
`

// startPgbouncer starts a pooler in front of the package's PostgreSQL, once, and returns
// its address.
var startPgbouncer = sync.OnceValues(func() (address string, err error) {
	server, err := startPostgres()
	if err != nil {
		return "", err
	}
	host, port, err := net.SplitHostPort(server.address)
	if err != nil {
		return "", err
	}
	address, err = freeAddress()
	if err != nil {
		return "", err
	}
	dir, err := os.MkdirTemp("", "pgbouncer")
	if err != nil {
		return "", err
	}
	atEnd(func() { _ = os.RemoveAll(dir) })
	users, config := filepath.Join(dir, "users"), filepath.Join(dir, "config")
	_, own, _ := net.SplitHostPort(address)
	for file, text := range map[string]string{
		users:  fmt.Sprintf("%q %q\n", postgresUser, postgresPassword),
		config: fmt.Sprintf(pgbouncerConfig, host, port, own, users),
	} {
		if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
			return "", err
		}
	}
	process := exec.Command(pgbouncer(), config)
	if os.Getuid() == 0 { // it refuses to run as root
		const nobody = 65534
		process.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
		if err := os.Chmod(dir, 0o755); err != nil {
			return "", err
		}
	}
	if err := process.Start(); err != nil {
		return "", err
	}
	atEnd(func() { _ = process.Process.Kill(); _ = process.Wait() })
	return address, answers(postgresDSN(address, postgresUser))
})

// pgbouncer returns the path of the program, or "" if there is none. Debian puts it into a
// folder that not every user's PATH has.
func pgbouncer() string {
	for _, name := range []string{"pgbouncer", "/usr/sbin/pgbouncer"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

func freeAddress() (string, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	return listener.Addr().String(), listener.Close()
}

// answers waits until a server does.
func answers(dsn string) error {
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		return err
	}
	defer db.Close()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	for {
		err := db.PingContext(ctx)
		if err == nil || ctx.Err() != nil {
			return err
		}
	}
}

// throughPgbouncer returns a DSN that leads to the same database through the pooler.
func throughPgbouncer(t testing.TB, dsn string) string {
	t.Helper()
	if pgbouncer() == "" {
		skip(t, "there is no pgbouncer")
	}
	address, err := startPgbouncer()
	requireStarted(t, err)
	parsed, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	parsed.Host = address
	return parsed.String()
}

// pooled opens a store behind the pooler on a database that has limits of its own.
func pooled(t testing.TB, dsn string) *storage.Store {
	t.Helper()
	direct := openSQL(t, dsn)
	for _, limit := range []string{"statement_timeout", "lock_timeout"} {
		name := strings.TrimPrefix(mustParse(t, dsn).Path, "/")
		if _, err := direct.ExecContext(t.Context(), "ALTER DATABASE "+name+" SET "+limit+" = '59s'"); err != nil {
			t.Fatal(err)
		}
	}
	return openStore(t, patiently(throughPgbouncer(t, dsn)), &postgres.Options{Pooled: true})
}

func mustParse(t testing.TB, dsn string) *url.URL {
	t.Helper()
	parsed, err := url.Parse(dsn)
	if err != nil {
		t.Fatal(err)
	}
	return parsed
}

func TestStorageBehindPgbouncer(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) storagetest.Repositories { return repositories(pooled(t, newPostgres(t))) })
}

func TestSQLBehindPgbouncer(t *testing.T) {
	runSQL(t, func(t *testing.T) *storage.Store { return pooled(t, newPostgres(t)) })
}

// Behind a pooler the limits are the server's: a program can see whether there are any.
func TestLimits(t *testing.T) {
	t.Parallel()
	dsn := newPostgres(t)
	none := openStore(t, throughPgbouncer(t, newPostgres(t)), &postgres.Options{Pooled: true})
	for name, c := range map[string]struct {
		store           *storage.Store
		statement, lock time.Duration
	}{
		"by default":                    {openStore(t, dsn, nil), postgres.DefaultStatementTimeout, postgres.DefaultLockTimeout},
		"as told":                       {openStore(t, dsn, &postgres.Options{StatementTimeout: 1500 * time.Millisecond, LockTimeout: time.Hour}), 1500 * time.Millisecond, time.Hour},
		"behind a pooler, none":         {none, 0, 0},
		"behind a pooler, the server's": {pooled(t, dsn), 59 * time.Second, 59 * time.Second},
	} {
		statement, lock, err := postgres.Limits(t.Context(), c.store.DB())
		if err != nil || statement != c.statement || lock != c.lock {
			t.Errorf("%s: %v and %v, error %v; want %v and %v", name, statement, lock, err, c.statement, c.lock)
		}
	}
}
