// Package uuidv7 makes time-ordered ids from a given instant.
package uuidv7

import (
	"errors"
	"io"
	"time"

	"github.com/google/uuid"
)

// New returns a UUIDv7 of t with 62 bits from random. Ids of later instants
// compare greater, to a quarter of a microsecond: the 12 bits after the
// millisecond hold its fraction (RFC 9562, section 6.2, method 3). It panics
// if random fails, as crypto/rand.Reader never does.
func New(t time.Time, random io.Reader) uuid.UUID {
	var id uuid.UUID
	if _, err := io.ReadFull(random, id[8:]); err != nil {
		panic("uuidv7: no randomness: " + err.Error())
	}
	ms := uint64(t.UnixMilli())
	for i := range 6 {
		id[i] = byte(ms >> (8 * (5 - i)))
	}
	fraction := (t.UnixNano() % int64(time.Millisecond)) << 12 / int64(time.Millisecond)
	id[6] = 0x70 | byte(fraction>>8)
	id[7] = byte(fraction)
	id[8] = 0x80 | id[8]&0x3f
	return id
}

// sample is an instant that no clock tells any more, so that an id of the time at
// which it is made isn't taken for one of the sample.
var sample = time.Date(2001, 2, 3, 4, 5, 6, 789_000_000, time.UTC)

// Check returns an error if newID doesn't make ids of version 7 that hold the
// millisecond of the instant it is given. It calls newID once.
func Check(newID func(at time.Time) uuid.UUID) error {
	id := newID(sample)
	if id.Version() != 7 || id.Variant() != uuid.RFC4122 {
		return errors.New("must make ids of version 7 (RFC 9562)")
	}
	if instant(id) != sample.UnixMilli() {
		return errors.New("must make ids that hold the instant it is given")
	}
	return nil
}

// instant returns the milliseconds since 1970 that id holds.
func instant(id uuid.UUID) int64 {
	var ms int64
	for _, b := range id[:6] {
		ms = ms<<8 | int64(b)
	}
	return ms
}
