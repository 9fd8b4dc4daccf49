package sqlite_test

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/uptrace/bun"

	"github.com/seed-f0df946f/mediakit/blob/memblob"
	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/migrations"
	"github.com/seed-f0df946f/mediakit/storage"
	"github.com/seed-f0df946f/mediakit/storage/sqlite"
)

func ExampleOpen() {
	_, err := sqlite.Open(context.Background(), "no/such/directory/media.db", nil)
	fmt.Println(errors.Is(err, fs.ErrNotExist))
	// Output: true
}

// A host deletes an album and its cover in one transaction. The first time it rolls back,
// and both are still there.
func Example_transaction() {
	if err := albums(context.Background()); err != nil {
		fmt.Println(err)
	}
	// Output:
	// rolled back: 1 album, the cover is pending
	// committed: 0 albums, the cover: media: not found
}

func albums(ctx context.Context) error {
	dir, err := os.MkdirTemp("", "albums")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	store, err := sqlite.Open(ctx, filepath.Join(dir, "app.db"), nil)
	if err != nil {
		return err
	}
	defer store.Close()
	db, blobs := store.DB(), memblob.New(nil)
	if err := migrations.Up(ctx, db); err != nil {
		return err
	}
	if _, err := db.ExecContext(ctx, "CREATE TABLE albums (name text, cover blob)"); err != nil {
		return err
	}
	service, err := media.NewService(store.Media(), blobs, nil)
	if err != nil {
		return err
	}

	var cover media.View
	err = inTx(ctx, db, blobs, func(service *media.Service, tx bun.Tx) (err error) {
		cover, err = service.Create(ctx, media.CreateInput{
			Filename: "beach.jpg", ContentType: "image/jpeg", Size: 1, SHA256: sha256.Sum256([]byte("x")),
		})
		if err != nil {
			return err
		}
		_, err = tx.ExecContext(ctx, "INSERT INTO albums (name, cover) VALUES (?, ?)", "Beach", cover.ID)
		return err
	})
	if err != nil {
		return err
	}
	count := func() (n int) {
		_ = db.QueryRowContext(ctx, "SELECT count(*) FROM albums").Scan(&n)
		return n
	}
	deleteAlbum := func(service *media.Service, tx bun.Tx) error {
		if _, err := tx.ExecContext(ctx, "DELETE FROM albums WHERE cover = ?", cover.ID); err != nil {
			return err
		}
		return service.Delete(ctx, cover.ID)
	}
	_ = inTx(ctx, db, blobs, func(service *media.Service, tx bun.Tx) error {
		return errors.Join(deleteAlbum(service, tx), errors.New("the host has changed its mind"))
	})
	v, err := service.Get(ctx, cover.ID, media.GetOptions{})
	if err != nil {
		return err
	}
	fmt.Printf("rolled back: %d album, the cover is %s\n", count(), v.State)
	if err := inTx(ctx, db, blobs, deleteAlbum); err != nil {
		return err
	}
	_, err = service.Get(ctx, cover.ID, media.GetOptions{})
	fmt.Printf("committed: %d albums, the cover: %v\n", count(), err)
	return nil
}

// inTx runs f in a transaction of the host's, with a service that is part of it.
func inTx(ctx context.Context, db *bun.DB, blobs media.BlobStore, f func(*media.Service, bun.Tx) error) error {
	return db.RunInTx(ctx, nil, func(ctx context.Context, tx bun.Tx) error {
		store, err := storage.New(tx, nil)
		if err != nil {
			return err
		}
		service, err := media.NewService(store.Media(), blobs, nil)
		if err != nil {
			return err
		}
		return f(service, tx)
	})
}
