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
// it. Any number of processes may have the file open, all on one machine and its own
// disk: write-ahead mode needs memory that they share. What a call has written has
// reached the disk when it returns (synchronous is FULL).
//
// One writer writes at a time. Those of one store take turns; those of other stores
// and processes are waited for up to [Options].LockTimeout, in no order. Readers wait
// for nobody.
//
// # Errors
//
// Open returns an error that wraps [fs.ErrNotExist] if the directory is missing, and
// [media.ErrUnavailable] if the file can't be opened or is locked for longer than
// [Options].LockTimeout. A file that is no database is refused.
package sqlite
