package media

import (
	"crypto/sha256"
	"database/sql/driver"
	"encoding/hex"
	"fmt"
)

// Digest is a SHA-256. The zero Digest stands for none.
type Digest [sha256.Size]byte

// ParseDigest reads 64 hex digits of either case.
func ParseDigest(s string) (Digest, error) {
	var d Digest
	if len(s) != hex.EncodedLen(len(d)) {
		return Digest{}, fmt.Errorf("media: a sha256 has %d hex digits, not %d", hex.EncodedLen(len(d)), len(s))
	}
	if _, err := hex.Decode(d[:], []byte(s)); err != nil {
		return Digest{}, fmt.Errorf("media: a sha256 is written in hex digits: %w", err)
	}
	return d, nil
}

// String returns 64 hex digits in lower case.
func (d Digest) String() string { return hex.EncodeToString(d[:]) }

// MarshalText returns what String does, so that JSON and logs show hex digits, and nothing
// for a zero Digest.
func (d Digest) MarshalText() ([]byte, error) {
	if d.IsZero() {
		return nil, nil
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads what MarshalText wrote, as [ParseDigest] does.
func (d *Digest) UnmarshalText(text []byte) (err error) {
	*d = Digest{}
	if len(text) > 0 {
		*d, err = ParseDigest(string(text))
	}
	return err
}

// IsZero reports whether d stands for none.
func (d Digest) IsZero() bool { return d == Digest{} }

// Value stores d as its 32 bytes; see [driver.Valuer].
func (d Digest) Value() (driver.Value, error) { return d[:], nil }

// Scan reads what Value stored, and NULL as none; see sql.Scanner.
func (d *Digest) Scan(src any) error {
	if src == nil {
		*d = Digest{}
		return nil
	}
	b, ok := src.([]byte)
	if !ok || len(b) != len(d) {
		return fmt.Errorf("media: a stored sha256 is %d bytes, not %T", len(d), src)
	}
	copy(d[:], b)
	return nil
}
