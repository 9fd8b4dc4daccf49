package httpapi

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/tags"
)

const maxCursor = 512

// A cursor is the base64url of a binding and a position. The binding ties it to the list
// that it came from. It is no signature: a client can make up a position, so each is
// checked to be a place in such a list, and nothing more can come of it than a page that
// starts elsewhere.
var cursorText = base64.RawURLEncoding.Strict()

// binding is a hash of a route with its filters and its order.
type binding [16]byte

// bind returns the binding of a list. The values are encoded as JSON, which keeps them
// apart.
func bind(route string, values ...any) binding {
	sum := sha256.Sum256(encode(append([]any{route}, values...)))
	return binding(sum[:16])
}

// cursor returns the cursor of a position.
func (b binding) cursor(position []byte) string {
	return cursorText.EncodeToString(append(b[:], position...))
}

// position returns the position of a cursor, or errCursor if it belongs to another list.
func (b binding) position(cursor string) ([]byte, error) {
	if len(cursor) > maxCursor || strings.ContainsAny(cursor, "\r\n") { // base64 skips these
		return nil, errCursor
	}
	text, err := cursorText.DecodeString(cursor)
	if err != nil {
		return nil, errCursor
	}
	position, ours := bytes.CutPrefix(text, b[:])
	if !ours {
		return nil, errCursor
	}
	return position, nil
}

// mediaCursor reads a cursor of a list of media.
func (b binding) mediaCursor(cursor string) (uuid.UUID, error) {
	position, err := b.position(cursor)
	if err != nil {
		return uuid.Nil, err
	}
	id, err := uuid.FromBytes(position)
	if err != nil || id == uuid.Nil {
		return uuid.Nil, errCursor
	}
	return id, nil
}

// tagPosition encodes a position in a list of tags.
func tagPosition(sort tags.Sort, p tags.Position) []byte {
	if sort == tags.SortMediaCount {
		return append(binary.BigEndian.AppendUint64(nil, uint64(p.Count)), p.ID[:]...)
	}
	return []byte(p.Key)
}

// tagCursor reads a cursor of a list of tags.
func (b binding) tagCursor(sort tags.Sort, cursor string) (*tags.Position, error) {
	position, err := b.position(cursor)
	if err != nil {
		return nil, err
	}
	if sort == tags.SortMediaCount {
		const countLength = 8
		if len(position) != countLength+len(uuid.UUID{}) {
			return nil, errCursor
		}
		count := int64(binary.BigEndian.Uint64(position))
		return &tags.Position{Count: count, ID: uuid.UUID(position[countLength:])}, nil
	}
	if len(position) == 0 || !utf8.Valid(position) || bytes.IndexByte(position, 0) >= 0 {
		return nil, errCursor
	}
	return &tags.Position{Key: string(position)}, nil
}
