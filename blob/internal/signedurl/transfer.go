package signedurl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"github.com/seed-f0df946f/mediakit/media"
)

const (
	// A transfer is cut off if it takes longer than rateWindow for leastBytes: that
	// is less than 1 KiB/s for a minute.
	rateWindow = time.Minute
	leastBytes = 60 << 10
	// pieceSize is how many bytes of a download are sent at once, a part of leastBytes.
	pieceSize = 4 << 10
	// noLimit lets a transfer take its time if it is fast enough.
	noLimit time.Duration = 0
	// answerTime is how long the answer to an upload may take.
	answerTime = 30 * time.Second
)

// transfer is a response whose connection has deadlines of its own, in place of the
// server's, which are meant for small requests. They move on only while enough bytes
// flow. Once the request is done, net/http sets its own deadlines again.
type transfer struct {
	http.ResponseWriter
	conn   *http.ResponseController
	now    func() time.Time
	end    time.Time // zero: none
	flowed int       // bytes since the deadlines were last moved
}

// newTransfer begins a transfer that is cut off after limit, however fast it is. Its
// clock is the machine's, not the store's: even a store with a fake clock serves real
// connections.
func newTransfer(w http.ResponseWriter, limit time.Duration) *transfer {
	return newTransferAt(w, limit, time.Now)
}

func newTransferAt(w http.ResponseWriter, limit time.Duration, now func() time.Time) *transfer {
	t := &transfer{ResponseWriter: w, conn: http.NewResponseController(w), now: now}
	if limit != noLimit {
		t.end = now().Add(limit)
	}
	t.flow(leastBytes)
	return t
}

// flow counts bytes that were sent or received, and moves the deadlines if they are
// enough. What exceeds leastBytes counts for the next minute.
func (t *transfer) flow(n int) {
	if t.flowed += n; t.flowed < leastBytes {
		return
	}
	t.flowed %= leastBytes
	more := rateWindow
	if !t.end.IsZero() {
		more = min(more, t.end.Sub(t.now()))
	}
	t.allow(more)
}

// allow lets reading and writing go on for d from now. A ResponseWriter without a
// connection, as in tests, has no deadlines to move.
func (t *transfer) allow(d time.Duration) {
	deadline := t.now().Add(d)
	_ = t.conn.SetReadDeadline(deadline)
	_ = t.conn.SetWriteDeadline(deadline)
}

// Write sends a part of the response, in pieces: the bytes of one that is still being
// sent don't count yet.
func (t *transfer) Write(p []byte) (sent int, err error) {
	for piece := range slices.Chunk(p, pieceSize) {
		n, err := t.ResponseWriter.Write(piece)
		t.flow(n)
		if sent += n; err != nil {
			return sent, err
		}
	}
	return sent, nil
}

// bodyReader reads a request's body as a part of a transfer.
type bodyReader struct {
	t    *transfer
	body io.Reader
	err  error // that ended the body early
}

// Read receives a part of the request.
func (b *bodyReader) Read(p []byte) (int, error) {
	n, err := b.body.Read(p)
	b.t.flow(n)
	if err != nil && err != io.EOF {
		b.err = err
	}
	return n, err
}

// blobReader reads an object from wherever http.ServeContent seeks to. It is pinned
// to the object that the headers describe.
type blobReader struct {
	ctx     context.Context // of the request
	storage Storage
	key     string // object key
	info    media.Info
	off     int64
	open    io.ReadCloser // reads from off on; nil until the first Read after a Seek
	err     error         // of the storage, that ended the object early
}

// Seek moves to an offset. Nothing is opened there before the next Read.
func (b *blobReader) Seek(offset int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		offset += b.off
	case io.SeekEnd:
		offset += b.info.Size
	}
	if offset < 0 {
		return 0, errors.New("signedurl: seek before the object's start")
	}
	b.off = offset
	return offset, b.Close()
}

// Read reads on from the offset.
func (b *blobReader) Read(p []byte) (int, error) {
	if b.open == nil {
		rc, err := b.storage.ReadAt(b.ctx, b.key, b.info.Pin, b.off, b.info.Size-b.off)
		if err != nil {
			b.err = fmt.Errorf("signedurl: reading on at %d: %w", b.off, err)
			return 0, b.err
		}
		b.open = rc
	}
	n, err := b.open.Read(p)
	b.off += int64(n)
	if err != nil && err != io.EOF {
		b.err = err
	}
	return n, err
}

// Close closes what is open, if anything is.
func (b *blobReader) Close() error {
	if b.open == nil {
		return nil
	}
	open := b.open
	b.open = nil
	return open.Close()
}
