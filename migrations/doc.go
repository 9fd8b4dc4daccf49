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
// Any number of processes may start at once: they run [Up] one after another, and
// one that was killed in the middle leaves nothing that the next can't go on
// from. The database user needs the right to create tables; the service itself
// needs only to read and write them. The lock belongs to a connection, so migrate
// past a pooler that hands out connections for one transaction at a time.
//
// A program that has a migration tool already takes the files from [FS] instead:
// one folder a dialect, plain SQL, to be run in the order of their names, each in
// a transaction.
//
// All tables begin with mediakit_, the two that remember what was applied
// included, so that they stand beside a host's own.
//
// # Errors
//
// Errors are the database's own, wrapped; there is none to tell apart. A database
// that this package has no files for is refused.
package migrations
