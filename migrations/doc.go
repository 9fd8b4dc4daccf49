// Package migrations holds the schema of the SQL storage and brings a database
// up to it. Nothing else in the library migrates: a program calls [Up] in plain
// sight, before it serves.
//
//	store, err := postgres.Open(ctx, dsn, nil)
//	if err != nil {
//		return err
//	}
//	if err := migrations.Up(ctx, store.DB()); err != nil {
//		return err
//	}
//
// Any number of processes may call [Up] at once: they wait for each other. A process
// that is killed in the middle leaves nothing behind, and the next one begins afresh.
// Up's database user needs the right to create tables. The service only reads and writes
// rows. If it runs as a user without that right, it calls [Validate] instead of Up, which
// tells whether the schema is up to date.
//
// A program that has a migration tool already takes the files from [FS] instead. They are
// plain SQL, in a folder for each dialect, and are run in the order of their names. Each
// file runs in a transaction, unless its name ends in .alone.sql: its statements can't run
// in one, and each of them may be repeated. A statement ends with a semicolon at the end
// of a line.
//
// The names of all tables begin with mediakit_, so that they stand beside a host's own.
// The table mediakit_migrations records the files that [Up] has applied.
//
// # Errors
//
// [Up] and [Validate] refuse a database that holds other migrations than this version
// has: [ErrUnreleased], [ErrUnknown]. [Validate] returns [ErrPending] if [Up] has still
// something to do. Other errors are the database's own, wrapped.
package migrations
