package storage_test

import (
	"context"
	"fmt"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/storage"
)

// An album of the host's and its cover are deleted together: the tombstone of the
// media is written in the host's transaction.
func ExampleNew_transaction() {
	deleteAlbum := func(ctx context.Context, db *bun.DB, album int64, cover uuid.UUID, c media.Change) error {
		return db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
			if _, err := tx.ExecContext(ctx, "DELETE FROM album WHERE id = ?", album); err != nil {
				return err
			}
			store, err := storage.New(tx, nil)
			if err != nil {
				return err
			}
			_, _, err = store.Media().Move(ctx, cover, media.When{From: media.EventDeleted.From()}, c)
			return err
		})
	}
	_ = deleteAlbum
}

func ExampleNew_refused() {
	_, err := storage.New(nil, nil)
	fmt.Println(err)
	// Output: storage: a store stands on a bun.DB, bun.Tx or bun.Conn, not on <nil>
}
