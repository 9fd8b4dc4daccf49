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
//		service, err := media.NewService(store.Media(), blobs, opts) // as outside
//		if err != nil {
//			return err
//		}
//		v, err = service.Create(ctx, in)
//		if err != nil {
//			return err
//		}
//		_, err = tx.ExecContext(ctx, "INSERT INTO albums (name, cover) VALUES (?, ?)", name, v.ID)
//		return err
//	})
//
// [media.Service.Delete] is used in the same way. Neither calls the blob store, so that a
// rollback undoes all of it. [Store.InTx] is for transactions of the store's rows alone.
//
// After a refusal such as [tags.ErrExists] or [media.ErrVersion] the transaction can go
// on: no statement of the store has failed in the database, or it failed behind a
// savepoint. After [media.ErrUnavailable] roll back: PostgreSQL takes no further statement
// in that transaction.
//
// The schema comes from package migrations. Most statements have placeholders and go to
// database/sql directly, past bun's query hooks. Only the search for media goes through
// bun, which writes its arguments into the text, so a hook sees that alone.
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
// connection what storage/sqlite sets: foreign_keys on, or else a deleted media or tag
// leaves its links behind; a busy_timeout; and, with write-ahead mode, synchronous FULL.
// It begins its transactions with BEGIN IMMEDIATE. With a plain BEGIN, SQLite refuses the
// first write of a transaction that has read before, if another writer came between, and
// the store returns [media.ErrUnavailable]. In a transaction the store does whatever takes
// several statements behind a savepoint. A driver's errors are told apart if they have a method Code that returns
// SQLite's result code as an int, as those of modernc.org/sqlite do.
//
// # Errors
//
// The errors that the ports name are returned as such: [media.ErrNotFound],
// [tags.ExistsError] and so on. [media.ErrUnavailable], which is also
// [tags.ErrUnavailable], stands for a lost connection, a server that shuts down
// or has no room, a file that can't be written, a time-out of a statement or of a
// lock, a deadlock; it wraps the driver's error, and the call may be made again. A
// context's error is passed on. Everything else begins with "storage:" and is a
// defect, or a schema that isn't up to date.
package storage
