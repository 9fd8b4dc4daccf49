package httpapi

import (
	"bufio"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"runtime"
	"syscall"
	"testing"
)

// dialStalling connects with small segments and a small receive buffer, like a client far
// away. The server's kernel then buffers little of an answer that isn't read. On a plain
// loopback connection it buffers all of it.
func dialStalling(t *testing.T, server *httptest.Server) net.Conn {
	t.Helper()
	dialer := net.Dialer{Control: func(_, _ string, c syscall.RawConn) error {
		var set error
		err := c.Control(func(fd uintptr) {
			set = errors.Join(
				syscall.SetsockoptInt(int(fd), syscall.IPPROTO_TCP, syscall.TCP_MAXSEG, 536),
				syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVBUF, 4<<10))
		})
		return errors.Join(err, set)
	}}
	conn, err := dialer.DialContext(t.Context(), "tcp", server.Listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// stall asks for a big answer and waits for its first byte: the answer is being sent then.
func stall(t *testing.T, server *httptest.Server) *bufio.Reader {
	t.Helper()
	conn := dialStalling(t, server)
	if _, err := io.WriteString(conn, "GET /big HTTP/1.1\r\nHost: a\r\n\r\n"); err != nil {
		t.Fatal(err)
	}
	reader := bufio.NewReaderSize(conn, 16)
	if _, err := reader.Peek(1); err != nil {
		t.Fatal(err)
	}
	return reader
}

// Clients that ask but don't read take no place in flight.
func TestStalledClientsAreNotInFlight(t *testing.T) {
	const clients = 4
	a := newBigAPI(t, Config{MaxInFlight: 1})
	server := httptest.NewServer(wrap(a.handler()))
	defer server.Close()
	for range clients {
		stall(t, server)
	}
	a.outbox.mu.Lock()
	stalled := a.outbox.waiting.Len()
	a.outbox.mu.Unlock()
	if stalled != clients {
		t.Fatalf("%d answers wait for their client, not %d: the test shows nothing", stalled, clients)
	}
	resp, err := server.Client().Get(server.URL + "/limits")
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		t.Errorf("another client gets %s", resp.Status)
	}
	server.CloseClientConnections()
}

// However many clients don't read, their answers take no more memory than the limit. Clients
// that are not cut off get their whole answer in the end.
func TestUnsentAnswersHaveABudget(t *testing.T) {
	const clients, kept = 12, 3
	a := newBigAPI(t, Config{})
	a.outbox.limit = kept * bigAnswer
	over := make(chan bool, clients)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		wrap(a.handler()).ServeHTTP(w, r)
		over <- true
	}))
	defer server.Close()
	before := heap()
	readers := make([]*bufio.Reader, clients)
	for i := range readers {
		readers[i] = stall(t, server)
	}
	for range clients - kept { // until they have been cut off
		<-over
	}
	if grown := heap() - before; grown > (kept+1)*bigAnswer {
		t.Errorf("%d answers weigh %d KiB; each has %d", clients, grown>>10, bigAnswer>>10)
	}
	whole := 0
	for i, reader := range readers {
		resp, err := http.ReadResponse(reader, nil)
		if err != nil {
			t.Fatal(err)
		}
		n, err := io.Copy(io.Discard, resp.Body)
		if err == nil && n == bigAnswer {
			whole++
		} else if i == clients-1 {
			t.Errorf("the last one got %d bytes, then %v", n, err)
		}
	}
	if whole != kept {
		t.Errorf("%d answers came whole, not %d", whole, kept)
	}
}

// heap returns how many bytes of the heap are in use.
func heap() int64 {
	runtime.GC()
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}
