// Package sqlite opens the SQL storage on SQLite, with a driver that needs no C: a
// file, and no server.
//
//	store, err := sqlite.Open(ctx, "data/media.db", nil)
//	if err != nil {
//		return err
//	}
//	defer store.Close()
//
// Beside the file stand two more, with -wal and -shm after its name: they belong to
// it. The disk has to be a local one, since write-ahead mode needs memory that all
// who have the file open share. Any number of processes on the machine may. A commit has
// reached the disk when a call returns (synchronous is FULL).
//
// One writer writes at a time, for which the others wait in no order; readers wait
// for nobody.
//
// # Errors
//
// Open returns an error that wraps [fs.ErrNotExist] where the directory is missing,
// and [media.ErrUnavailable] where the file can't be opened, or is locked for longer
// than [Options].LockTimeout. A file that is no database is refused.
package sqlite
