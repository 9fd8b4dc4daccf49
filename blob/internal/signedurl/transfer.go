package signedurl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/seed-f0df946f/mediakit/media"
)

const (
	// transferIdle is how long a transfer may stand still. A server's own read
	// and write time-outs are for requests that are small, not for videos.
	transferIdle = 30 * time.Second
	// transferLimit ends a transfer however it flows. The sweep counts on no
	// upload outliving its URL by more.
	transferLimit = time.Hour
)

// transfer is a response whose connection's deadlines move on while bytes flow.
type transfer struct {
	http.ResponseWriter
	conn *http.ResponseController
	end  time.Time
}

func newTransfer(w http.ResponseWriter) *transfer {
	// The connection's clock, not the store's: a store on a fake clock serves real
	// connections.
	return &transfer{w, http.NewResponseController(w), time.Now().Add(transferLimit)}
}

// extend moves both deadlines. Where the ResponseWriter has none, as in tests
// without a connection, there is nothing to move.
func (t *transfer) extend() {
	deadline := time.Now().Add(transferIdle)
	if deadline.After(t.end) {
		deadline = t.end
	}
	_ = t.conn.SetReadDeadline(deadline)
	_ = t.conn.SetWriteDeadline(deadline)
}

// Write sends a part of the response.
func (t *transfer) Write(p []byte) (int, error) {
	t.extend()
	return t.ResponseWriter.Write(p)
}

// reading returns body with deadlines that move at every read.
func (t *transfer) reading(body io.Reader) *bodyReader { return &bodyReader{t: t, body: body} }

type bodyReader struct {
	t    *transfer
	body io.Reader
	err  error // that ended the body early
}

// Read receives a part of the request.
func (b *bodyReader) Read(p []byte) (int, error) {
	b.t.extend()
	n, err := b.body.Read(p)
	if err != nil && err != io.EOF {
		b.err = err
	}
	return n, err
}

// blobReader reads an object from wherever http.ServeContent seeks to, pinned to
// what its headers were written from.
type blobReader struct {
	ctx     context.Context // of the request that is being served
	storage Storage
	key     string
	info    media.Info
	off     int64
	open    io.ReadCloser // from off on; nil until the first Read after a Seek
}

// Seek moves to an offset; only then is anything opened there.
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
			return 0, fmt.Errorf("signedurl: reading on at %d: %w", b.off, err)
		}
		b.open = rc
	}
	n, err := b.open.Read(p)
	b.off += int64(n)
	return n, err
}

// Close closes what is open, if anything.
func (b *blobReader) Close() error {
	if b.open == nil {
		return nil
	}
	open := b.open
	b.open = nil
	return open.Close()
}
