package memory_test

import (
	"context"
	"fmt"
	"testing"

	"github.com/seed-f0df946f/mediakit/storage/memory"
	"github.com/seed-f0df946f/mediakit/storage/storagetest"
	"github.com/seed-f0df946f/mediakit/tags"
)

func TestStorage(t *testing.T) {
	storagetest.Run(t, func(t *testing.T) storagetest.Repositories {
		store := memory.New()
		return storagetest.Repositories{Media: store.Media(), Tags: store.Tags()}
	})
}

func Example() {
	ctx := context.Background()
	store := memory.New()
	service, err := tags.NewService(store.Tags(), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	if _, err := service.Create(ctx, "Beach"); err != nil {
		fmt.Println(err)
	}
	_, err = service.Create(ctx, "BEACH")
	fmt.Println(err)
	// Output: tags: name exists
}
