// Package storage keeps media and tags in an SQL database, over a handle of bun.
//
// A program of its own opens a store with storage/postgres. One that has a
// database already builds a store on its handle, and the tables, which all begin
// with mediakit_, stand beside its own:
//
//	store, err := storage.New(db, nil) // db is a *bun.DB
//	if err != nil {
//		return err
//	}
//	tagService, err := tags.NewService(store.Tags(), nil)
//
// A store over a transaction is part of it. A row of the host's, a media and its
// tags are committed together or not at all:
//
//	err := db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
//		store, err := storage.New(tx, nil)
//		if err != nil {
//			return err
//		}
//		if err := store.Tags().Delete(ctx, id); err != nil {
//			return err
//		}
//		_, err = tx.NewDelete().Model(&album).WherePK().Exec(ctx)
//		return err
//	})
//
// The transaction can go on after a refusal such as [tags.ErrExists] or
// [media.ErrVersion]: no statement relies on an error that it expects, and the one that
// can't foresee it, a tag's rename, stands behind a savepoint. After
// [media.ErrUnavailable] PostgreSQL lets no transaction go on.
//
// The schema comes from package migrations. Statements with placeholders go to
// database/sql directly; bun's query hooks see only the search for media, to
// which bun writes the arguments.
//
// # PostgreSQL
//
// Version 12 or later, at the isolation level READ COMMITTED; at a higher one the
// database refuses what collides with another writer, which comes back as
// [media.ErrUnavailable]. With pgx, make simple_protocol the default mode of the
// pool (as storage/postgres does) and give [Options].ExecMode.
//
// # SQLite
//
// Version 3.44 or later. A time goes in and comes out as text of one form, whatever
// form the driver would give it. A host that brings its own handle sets on every
// connection what storage/sqlite sets: foreign_keys on, without which no link goes
// with its media or tag; a busy_timeout; and, with write-ahead mode, synchronous FULL.
// It begins its transactions IMMEDIATE: one that reads first and writes then may come
// back as [media.ErrUnavailable]. Within one, what takes several statements is a
// savepoint. A driver's errors are told apart if they have a method Code that returns
// SQLite's result code as an int, as those of modernc.org/sqlite do.
//
// # Errors
//
// What the ports name comes back as they name it: [media.ErrNotFound],
// [tags.ExistsError] and so on. [media.ErrUnavailable], which is also
// [tags.ErrUnavailable], stands for a lost connection, a server that shuts down
// or has no room, a file that can't be written, a time-out of a statement or of a
// lock, a deadlock; it wraps the driver's error, and the call may be made again. A
// context's error is passed on. Everything else begins with "storage:" and is a
// defect, or a schema that isn't up to date.
package storage
