package storage_test

import (
	"context"
	"fmt"

	"github.com/uptrace/bun"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/storage"
)

// An album of the host's and its cover are stored together or not at all. The options are
// those of the service outside the transaction. The example of package storage/sqlite runs.
func ExampleNew_transaction() {
	createAlbum := func(ctx context.Context, db *bun.DB, blobs media.BlobStore, opts *media.Options, name string, cover media.CreateInput) (v media.View, err error) {
		err = db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
			store, err := storage.New(tx, nil)
			if err != nil {
				return err
			}
			service, err := media.NewService(store.Media(), blobs, opts)
			if err != nil {
				return err
			}
			v, err = service.Create(ctx, cover)
			if err != nil {
				return err
			}
			_, err = tx.ExecContext(ctx, "INSERT INTO albums (name, cover) VALUES (?, ?)", name, v.ID)
			return err
		})
		return v, err // v.Upload is for the client, once the transaction is committed
	}
	_ = createAlbum
}

func ExampleNew_refused() {
	_, err := storage.New(nil, nil)
	fmt.Println(err)
	// Output: storage: a store stands on a bun.DB, bun.Tx or bun.Conn, not on <nil>
}
