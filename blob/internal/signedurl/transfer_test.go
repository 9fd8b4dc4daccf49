package signedurl

import (
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"
	"time"
)

// connection records the deadlines that are set on it.
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

// TestTransferExtendsDeadlines: a video may take longer than a server's time-outs for
// requests, as long as it moves.
func TestTransferExtendsDeadlines(t *testing.T) {
	c := &connection{ResponseRecorder: httptest.NewRecorder()}
	start := time.Now()
	transfer := newTransfer(c)
	if _, err := io.ReadAll(transfer.reading(iotest.OneByteReader(strings.NewReader("abc")))); err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(transfer, "abc"); err != nil {
		t.Fatal(err)
	}
	if len(c.read) < 4 || len(c.write) != len(c.read) {
		t.Fatalf("%d read and %d write deadlines for four reads and a write", len(c.read), len(c.write))
	}
	for _, deadline := range append(c.read, c.write...) {
		if deadline.Before(start.Add(transferIdle)) || deadline.After(time.Now().Add(transferIdle)) {
			t.Errorf("a deadline in %v, want %v after the last byte", deadline.Sub(start), transferIdle)
		}
	}
}

// TestTransferEnds: no transfer flows for ever.
func TestTransferEnds(t *testing.T) {
	c := &connection{ResponseRecorder: httptest.NewRecorder()}
	transfer := newTransfer(c)
	transfer.end = time.Now().Add(-time.Second) // as an hour later
	transfer.extend()
	if got := c.read[len(c.read)-1]; !got.Equal(transfer.end) {
		t.Errorf("the deadline is %v, want the transfer's end, %v", got, transfer.end)
	}
}
