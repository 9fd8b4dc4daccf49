package integration_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net"
	"net/url"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx", for the databases' own upkeep
	"github.com/moby/moby/api/types/network"
	"github.com/testcontainers/testcontainers-go"
	"github.com/testcontainers/testcontainers-go/wait"

	"github.com/seed-f0df946f/mediakit/migrations"
	"github.com/seed-f0df946f/mediakit/storage/postgres"
)

const (
	postgresPort     = "5432/tcp"
	postgresUser     = "mediakit"
	postgresPassword = "mediakit"
)

// postgresServer is the package's PostgreSQL.
type postgresServer struct {
	address string
	// upkeep is connected to the server's default database, and makes and drops the others.
	upkeep *sql.DB
}

// startPostgres starts the server once. Its data need not survive a crash, so it doesn't
// wait for the disk.
var startPostgres = sync.OnceValues(func() (*postgresServer, error) {
	ctx, cancel := context.WithTimeout(context.Background(), startsWithin)
	defer cancel()
	container, err := runContainer(ctx, imageFrom("MEDIAKIT_TEST_POSTGRES_IMAGE", "postgres:17-alpine"),
		testcontainers.WithEnv(map[string]string{
			"POSTGRES_USER":     postgresUser,
			"POSTGRES_PASSWORD": postgresPassword,
		}),
		testcontainers.WithCmd("postgres",
			"-c", "fsync=off",
			"-c", "synchronous_commit=off",
			"-c", "full_page_writes=off",
			"-c", "max_connections=300",
		),
		testcontainers.WithExposedPorts(postgresPort),
		// The image starts the server twice, the first time without a network. So only an
		// answer over the network shows that the server stays up.
		testcontainers.WithWaitStrategy(wait.ForSQL(postgresPort, "pgx", func(host string, port network.Port) string {
			return postgresDSN(net.JoinHostPort(host, port.Port()), postgresUser)
		}).WithStartupTimeout(startsWithin)),
	)
	if err != nil {
		return nil, err
	}
	address, err := container.PortEndpoint(ctx, postgresPort, "")
	if err != nil {
		return nil, err
	}
	upkeep, err := sql.Open("pgx", postgresDSN(address, postgresUser))
	if err != nil {
		return nil, err
	}
	// The disk makes databases; more of them at once are no faster.
	upkeep.SetMaxOpenConns(4)
	return &postgresServer{address: address, upkeep: upkeep}, nil
})

// migratedTemplate names the database that newPostgres clones, and migrates it once.
const migratedTemplate = "mediakit_template"

var migratePostgres = sync.OnceValues(func() (*postgresServer, error) {
	server, err := startPostgres()
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	if _, err := server.upkeep.ExecContext(ctx, "CREATE DATABASE "+migratedTemplate); err != nil {
		return nil, err
	}
	store, err := postgres.Open(ctx, postgresDSN(server.address, migratedTemplate), nil)
	if err != nil {
		return nil, err
	}
	// A database can't be cloned while somebody is connected to it.
	return server, errors.Join(migrations.Up(ctx, store.DB()), store.Close())
})

func postgresDSN(address, database string) string {
	dsn := url.URL{
		Scheme:   "postgres",
		User:     url.UserPassword(postgresUser, postgresPassword),
		Host:     address,
		Path:     database,
		RawQuery: "sslmode=disable",
	}
	return dsn.String()
}

// databaseNumber tells this process's databases apart.
var databaseNumber atomic.Int64

// newPostgres makes a database for this test alone, with the schema and without rows.
func newPostgres(t testing.TB) (dsn string) {
	t.Helper()
	return newDatabase(t, migratePostgres, migratedTemplate)
}

// newEmptyPostgres makes a database for this test alone, without the schema.
func newEmptyPostgres(t testing.TB) (dsn string) {
	t.Helper()
	return newDatabase(t, startPostgres, "template1")
}

func newDatabase(t testing.TB, prepare func() (*postgresServer, error), template string) (dsn string) {
	t.Helper()
	requireDocker(t)
	server, err := prepare()
	requireStarted(t, err)
	return server.create(t, template)
}

// create makes a database that is dropped when the test is done.
func (s *postgresServer) create(t testing.TB, template string) (dsn string) {
	t.Helper()
	name := fmt.Sprintf("test_%d", databaseNumber.Add(1))
	if _, err := s.upkeep.ExecContext(t.Context(), "CREATE DATABASE "+name+" TEMPLATE "+template); err != nil {
		t.Fatalf("create database %s: %v", name, err)
	}
	t.Cleanup(func() {
		// By force: the test may have left a connection open.
		if _, err := s.upkeep.ExecContext(context.Background(), "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("drop database %s: %v", name, err)
		}
	})
	return postgresDSN(s.address, name)
}

func TestDatabasesAreSeparate(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name     string
		make     func(testing.TB) string
		migrated bool
	}{
		{"clones of the schema", newPostgres, true},
		{"empty ones", newEmptyPostgres, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			one, other := openSQL(t, c.make(t)), openSQL(t, c.make(t))
			if got := tableExists(t, one, "mediakit_media"); got != c.migrated {
				t.Errorf("has the schema: %t, want %t", got, c.migrated)
			}
			if _, err := one.ExecContext(t.Context(), "CREATE TABLE mark (id int)"); err != nil {
				t.Fatal(err)
			}
			if tableExists(t, other, "mark") {
				t.Error("a table made in one test's database is seen in another's")
			}
		})
	}
}

// openSQL opens a database for a test that looks at it with plain SQL.
func openSQL(t testing.TB, dsn string) *sql.DB {
	t.Helper()
	db, err := sql.Open("pgx", dsn)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

func tableExists(t testing.TB, db *sql.DB, table string) (exists bool) {
	t.Helper()
	err := db.QueryRowContext(t.Context(), "SELECT to_regclass($1) IS NOT NULL", table).Scan(&exists)
	if err != nil {
		t.Fatal(err)
	}
	return exists
}
