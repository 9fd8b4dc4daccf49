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
// Open returns an error if the DSN can't be read, and [media.ErrUnavailable] if nothing
// answers or the server refuses the connection. No error's text
// holds the DSN or a part of it.
package postgres
