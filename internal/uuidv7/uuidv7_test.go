package uuidv7_test

import (
	"bytes"
	"crypto/rand"
	"testing"
	"testing/iotest"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/internal/uuidv7"
)

func TestNew(t *testing.T) {
	at := time.Date(2026, 11, 24, 9, 30, 0, 123_500_000, time.UTC)
	random := bytes.NewReader([]byte{0xff, 1, 2, 3, 4, 5, 6, 7})
	want := uuid.MustParse("01a20ce4-063b-7800-bf01-020304050607")
	if id := uuidv7.New(at, random); id != want {
		t.Errorf("New = %v; want %v", id, want)
	}
}

func TestNewOrdersMicroseconds(t *testing.T) {
	at := time.Date(2026, 11, 24, 9, 30, 0, 0, time.UTC)
	last := uuidv7.New(at, rand.Reader)
	for us := 1; us < 3000; us++ {
		id := uuidv7.New(at.Add(time.Duration(us)*time.Microsecond), rand.Reader)
		if bytes.Compare(last[:], id[:]) >= 0 {
			t.Fatalf("the id of microsecond %d, %v, isn't above the one before, %v", us, id, last)
		}
		last = id
	}
}

func TestNewPanicsWithoutRandomness(t *testing.T) {
	defer func() {
		if recover() == nil {
			t.Error("New returned an id that isn't random")
		}
	}()
	uuidv7.New(time.Now(), iotest.ErrReader(bytes.ErrTooLarge))
}

func TestCheck(t *testing.T) {
	good := func(at time.Time) uuid.UUID { return uuidv7.New(at, rand.Reader) }
	if err := uuidv7.Check(good); err != nil {
		t.Errorf("New: %v", err)
	}
	for name, newID := range map[string]func(time.Time) uuid.UUID{
		"nothing":           func(time.Time) uuid.UUID { return uuid.Nil },
		"version 4":         func(time.Time) uuid.UUID { return uuid.New() },
		"of its own time":   func(time.Time) uuid.UUID { return uuid.Must(uuid.NewV7()) },
		"a millisecond off": func(at time.Time) uuid.UUID { return good(at.Add(time.Millisecond)) },
		"another variant":   func(at time.Time) uuid.UUID { id := good(at); id[8] = 0; return id },
		"version 4 of its instant": func(at time.Time) uuid.UUID {
			id := good(at)
			id[6] = 0x40 | id[6]&0x0f
			return id
		},
	} {
		if err := uuidv7.Check(newID); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
}
