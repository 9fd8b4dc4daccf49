// Package postgres opens the SQL storage on PostgreSQL, with pgx.
//
//	store, err := postgres.Open(ctx, os.Getenv("MEDIA_DATABASE_URL"), nil)
//	if err != nil {
//		return err
//	}
//	defer store.Close()
//
// The DSN is a URL or a list of key=value, as PostgreSQL's own tools take it; the
// environment variables PGHOST, PGPASSWORD and so on fill in what it leaves out.
// PostgreSQL 12 or later; the user reads and writes the tables of package
// migrations, and needs the right to create them only for running those.
//
// # Errors
//
// Open returns an error if the DSN can't be read, the password is wrong, the user isn't
// let in or there is no such database, and [media.ErrUnavailable] for what may pass by
// itself, such as a server that doesn't answer yet. Once a store is open, all of these are
// [media.ErrUnavailable] to its callers. If Open fails with SQLState 08P01 the DSN leads to
// a pooler: set [Options].Pooled. No error's text holds the DSN or a part of it.
package postgres
