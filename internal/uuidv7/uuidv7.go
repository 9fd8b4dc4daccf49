// Package uuidv7 makes time-ordered ids from a given instant.
package uuidv7

import (
	"io"
	"time"

	"github.com/google/uuid"
)

// New returns a UUIDv7 of t with 62 bits from random. Ids of later instants
// compare greater, to a quarter of a microsecond: the 12 bits after the
// millisecond hold its fraction (RFC 9562, section 6.2, method 3). It panics
// where random fails, as crypto/rand.Reader never does.
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
