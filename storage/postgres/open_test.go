package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/storage/postgres"
)

func TestOpenTellsNothingOfTheDSN(t *testing.T) {
	t.Parallel()
	for _, dsn := range []string{
		"postgres://user:hush@host:port/album",
		"postgres://user:hush@127.0.0.1:1/album?sslmode=disable",
		"host=127.0.0.1 port=1 user=user password=hush dbname=album",
		"password=hush sslmode=user",
		"hush",
		"postgres://user:hush@nohost.invalid:1/album",
		"postgres://user:hush@[::1]:1,127.0.0.1:1/album",
		"postgres://user:hush@127.0.0.1:1/album?sslmode=verify-full&sslrootcert=system",
		"host=/nohost user=user password=hush dbname=album",
	} {
		store, err := postgres.Open(t.Context(), dsn, nil)
		if err == nil {
			t.Fatalf("%s: opened %v", dsn, store)
		}
		for _, part := range []string{"hush", "user", "album", "nohost", "127.0.0.1", "::1"} {
			if strings.Contains(err.Error(), part) {
				t.Errorf("%s: the error holds %q: %v", dsn, part, err)
			}
		}
	}
}

func TestOpenStopsWithItsContext(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := postgres.Open(ctx, "postgres://127.0.0.1:1/", nil)
	if !errors.Is(err, context.Canceled) || errors.Is(err, media.ErrUnavailable) || strings.Contains(err.Error(), "127.0.0.1") {
		t.Errorf("%v; want %v alone", err, context.Canceled)
	}
}

func ExampleOpen() {
	_, err := postgres.Open(context.Background(), "postgres://app:secret@127.0.0.1:1/media", nil)
	fmt.Println(errors.Is(err, media.ErrUnavailable))
	// Output: true
}
