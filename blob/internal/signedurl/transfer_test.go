package signedurl

import (
	"bufio"
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-f0df946f/mediakit/media"
)

// connection remembers the deadlines that are set on it.
type connection struct {
	*httptest.ResponseRecorder
	read, write []time.Time
}

func (c *connection) SetReadDeadline(t time.Time) error {
	c.read = append(c.read, t)
	return nil
}

func (c *connection) SetWriteDeadline(t time.Time) error {
	c.write = append(c.write, t)
	return nil
}

// TestDeadlines: they move by a minute whenever 60 KiB have flowed, and by nothing else.
func TestDeadlines(t *testing.T) {
	now := time.Unix(1e9, 0)
	c := &connection{ResponseRecorder: httptest.NewRecorder()}
	transfer := newTransferAt(c, time.Hour, func() time.Time { return now })
	expect := func(what string, deadlines int, last time.Time) {
		t.Helper()
		if len(c.read) != deadlines || len(c.write) != deadlines || !c.read[deadlines-1].Equal(last) || !c.write[deadlines-1].Equal(last) {
			t.Errorf("%s: read deadlines %v, write deadlines %v, want %d and the last at %v", what, c.read, c.write, deadlines, last)
		}
	}
	begin := now
	expect("at first", 1, begin.Add(time.Minute))
	now = begin.Add(30 * time.Second)
	if _, err := transfer.Write(make([]byte, 60<<10-1)); err != nil {
		t.Fatal(err)
	}
	expect("after 60 KiB less one byte", 1, begin.Add(time.Minute))
	body := &bodyReader{t: transfer, body: bytes.NewReader(make([]byte, 60<<10))}
	if _, err := body.Read(make([]byte, 1)); err != nil {
		t.Fatal(err)
	}
	expect("after 60 KiB", 2, now.Add(time.Minute))
	if _, err := io.ReadAll(body); err != nil {
		t.Fatal(err)
	}
	expect("after 120 KiB less one byte", 2, now.Add(time.Minute))
	now = begin.Add(time.Hour - time.Second)
	transfer.flow(1)
	expect("a second before the end", 3, begin.Add(time.Hour))
}

// memory holds what was put last.
type memory struct {
	content []byte
	err     error
}

func (m *memory) Put(_ context.Context, u media.Upload, body io.Reader) error {
	m.content, m.err = io.ReadAll(body)
	return m.err
}

func (m *memory) Stat(context.Context, string) (media.Info, error) {
	return media.Info{Size: int64(len(m.content))}, nil
}

func (m *memory) ReadAt(_ context.Context, _ string, _ media.Pin, off, n int64) (io.ReadCloser, error) {
	return io.NopCloser(io.NewSectionReader(bytes.NewReader(m.content), off, n)), nil
}

// pipes is a listener whose connections are pipes, so that a test's clock rules them.
type pipes struct{ server, client net.Conn }

func (p *pipes) Accept() (net.Conn, error) {
	if conn := p.server; conn != nil {
		p.server = nil
		return conn, nil
	}
	return nil, net.ErrClosed
}

func (p *pipes) Close() error   { return nil }
func (p *pipes) Addr() net.Addr { return p.client.LocalAddr() }

// dial serves one connection by a server whose own time-outs are short.
func dial(t *testing.T, storage Storage) (net.Conn, Signer) {
	t.Helper()
	signer := Signer{Base: "http://app.example", Secret: []byte("secret")}
	client, conn := net.Pipe()
	server := &http.Server{
		Handler: NewHandler(Config{
			Signer: func() Signer { return signer }, Storage: storage, Now: time.Now, MaxTransfers: 1,
			MaxUploadTime: 2 * time.Hour, Logger: slog.New(slog.DiscardHandler),
		}),
		ReadTimeout: 5 * time.Second, WriteTimeout: 5 * time.Second,
	}
	go server.Serve(&pipes{conn, client})
	t.Cleanup(func() { client.Close() })
	return client, signer
}

// trickle reads or writes a chunk every period until that fails, n times at most, and
// returns how long it took.
func trickle(n int, period time.Duration, chunk func() error) (took time.Duration, err error) {
	begin := time.Now()
	for range n {
		if err = chunk(); err != nil {
			break
		}
		<-time.After(period)
	}
	return time.Since(begin), err
}

// TestLeastRate uploads and downloads at several rates. The clock is the test's own.
// What is cut off ends after a minute, and an upload also after the limit, of 2 hours here.
func TestLeastRate(t *testing.T) {
	for name, c := range map[string]struct {
		chunk, chunks int
		period        time.Duration
		cutAfter      time.Duration // 0: never
		onlyUploads   bool          // are cut off
	}{
		"a byte every 20 s":       {1, 300, 20 * time.Second, time.Minute, false},
		"1,000 bytes a second":    {1000, 300, time.Second, time.Minute, false},
		"1,100 bytes a second":    {1100, 300, time.Second, 0, false},
		"60 KiB every 59 s":       {60 << 10, 50, 59 * time.Second, 0, false},
		"for more than an hour":   {60 << 10, 110, 59 * time.Second, 0, false},
		"for more than two hours": {60 << 10, 140, 59 * time.Second, 2 * time.Hour, true},
	} {
		size := c.chunk * c.chunks
		t.Run("PUT/"+name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) { putSlowly(t, make([]byte, size), c.chunk, c.period, c.cutAfter) })
		})
		t.Run("GET/"+name, func(t *testing.T) {
			if size < 4*leastBytes {
				size = 4 * leastBytes // more than the server keeps in its buffers
			}
			if c.onlyUploads {
				c.cutAfter = 0
			}
			synctest.Test(t, func(t *testing.T) { getSlowly(t, make([]byte, size), c.chunk, c.period, c.cutAfter) })
		})
	}
}

func putSlowly(t *testing.T, content []byte, chunk int, period, cutAfter time.Duration) {
	storage := new(memory)
	conn, signer := dial(t, storage)
	signed, err := signer.Upload(media.Upload{
		Key: "a", Size: int64(len(content)), ContentType: "image/png", SHA256: sha256.Sum256(content),
	}, time.Now(), time.Minute)
	if err != nil {
		t.Fatal(err)
	}
	answered := make(chan int, 1)
	go func() { answered <- readStatus(conn) }()
	begin := time.Now()
	fmt.Fprintf(conn, "PUT %s HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n", strings.TrimPrefix(signed.URL, signer.Base), len(content))
	for name, value := range signed.Headers {
		fmt.Fprintf(conn, "%s: %s\r\n", name, value)
	}
	fmt.Fprint(conn, "\r\n")
	chunks := slices.Collect(slices.Chunk(content, chunk))
	_, _ = trickle(len(chunks), period, func() error {
		_, err := conn.Write(chunks[0])
		chunks = chunks[1:]
		return err
	})
	status := <-answered
	took := time.Since(begin)
	switch {
	case cutAfter > 0 && (!isTimeout(storage.err) || took < cutAfter || took > cutAfter+time.Minute):
		t.Errorf("after %v the body ended with %v, status %d; want a time-out after %v", took, storage.err, status, cutAfter)
	case cutAfter == 0 && (status != http.StatusOK || len(storage.content) != len(content)):
		t.Errorf("after %v status %d, %v, %d of %d bytes; want all", took, status, storage.err, len(storage.content), len(content))
	}
}

func getSlowly(t *testing.T, content []byte, chunk int, period, cutAfter time.Duration) {
	conn, signer := dial(t, &memory{content: content})
	signed, err := signer.Download(media.Download{Key: "a", ContentType: "image/png"}, time.Now(), time.Hour)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequest(signed.Method, signed.URL, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := req.Write(conn); err != nil {
		t.Fatal(err)
	}
	p := make([]byte, chunk)
	took, err := trickle(len(content)/chunk, period, func() error {
		_, err := io.ReadFull(conn, p)
		return err
	})
	if (err != nil) != (cutAfter > 0) || err != nil && (took < cutAfter || took > cutAfter+time.Minute) {
		t.Errorf("after %v the download ended with %v, want it cut off after %v (0: never)", took, err, cutAfter)
	}
}

func isTimeout(err error) bool {
	var timeout net.Error
	return errors.As(err, &timeout) && timeout.Timeout()
}

// readStatus returns the status of an answer, and 0 if there is none.
func readStatus(conn net.Conn) int {
	resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
	if err != nil {
		return 0
	}
	resp.Body.Close()
	return resp.StatusCode
}
