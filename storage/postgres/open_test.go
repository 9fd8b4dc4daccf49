package postgres_test

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
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

// TestOpenTellsWhyItWasRefused: in words, without a name, and as ErrUnavailable only if it
// may pass by itself.
func TestOpenTellsWhyItWasRefused(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		state, words string
		pooled       bool
		unavailable  bool
	}{
		{"28P01", "password", false, false},
		{"28000", "role", false, false},
		{"3D000", "database", true, false},
		{"42501", "right", false, false},
		{"08P01", "Options.Pooled", false, false},
		{"08P01", "must be up", true, true},
		{"53300", "no connection left", false, true},
		{"57P03", "starting", false, true},
		{"57P01", "57P01", false, true},
	} {
		dsn := "postgres://alice:hush@" + refuse(t, c.state) + "/album?sslmode=disable"
		store, err := postgres.Open(t.Context(), dsn, &postgres.Options{Pooled: c.pooled})
		if err == nil {
			t.Fatalf("%s: opened %v", c.state, store)
		}
		if errors.Is(err, media.ErrUnavailable) != c.unavailable || !strings.Contains(err.Error(), c.words) {
			t.Errorf("%s, pooled %t: %v; want %q, and ErrUnavailable: %t", c.state, c.pooled, err, c.words, c.unavailable)
		}
		for _, part := range []string{"hush", "alice", "album", "127.0.0.1"} {
			if strings.Contains(err.Error(), part) {
				t.Errorf("%s: the error holds %q: %v", c.state, part, err)
			}
		}
	}
}

// refuse returns the address of a server that answers every startup message with an
// ErrorResponse (postgresql.org/docs/current/protocol-message-formats.html).
func refuse(t *testing.T, state string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	fields := "SFATAL\x00C" + state + "\x00Malice may not open album\x00\x00"
	answer := append(binary.BigEndian.AppendUint32([]byte{'E'}, uint32(4+len(fields))), fields...)
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			var length [4]byte
			if _, err := io.ReadFull(conn, length[:]); err == nil {
				_, _ = io.CopyN(io.Discard, conn, int64(binary.BigEndian.Uint32(length[:]))-4)
				_, _ = conn.Write(answer)
			}
			conn.Close()
		}
	}()
	return listener.Addr().String()
}

func ExampleOpen() {
	_, err := postgres.Open(context.Background(), "postgres://app:secret@127.0.0.1:1/media", nil)
	fmt.Println(errors.Is(err, media.ErrUnavailable))
	// Output: true
}
