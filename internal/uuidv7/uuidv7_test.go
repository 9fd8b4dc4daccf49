package uuidv7_test

import (
	"bytes"
	"crypto/rand"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/internal/uuidv7"
)

func TestNewHoldsItsInstant(t *testing.T) {
	at := time.Date(2026, 11, 24, 9, 30, 0, 123_456_000, time.UTC)
	id := uuidv7.New(at, rand.Reader)
	if id.Version() != 7 || id.Variant() != uuid.RFC4122 {
		t.Errorf("version %d, variant %v; want 7, RFC 4122", id.Version(), id.Variant())
	}
	ms := int64(id[0])<<40 | int64(id[1])<<32 | int64(id[2])<<24 | int64(id[3])<<16 | int64(id[4])<<8 | int64(id[5])
	if ms != at.UnixMilli() {
		t.Errorf("holds %d ms; want %d", ms, at.UnixMilli())
	}
}

func TestNewOrdersMicroseconds(t *testing.T) {
	at := time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)
	last := uuidv7.New(at, rand.Reader)
	for us := 1; us < 3000; us++ {
		id := uuidv7.New(at.Add(time.Duration(us)*time.Microsecond), rand.Reader)
		if bytes.Compare(last[:], id[:]) >= 0 {
			t.Fatalf("id of microsecond %d, %v, isn't above the one before, %v", us, id, last)
		}
		last = id
	}
}
