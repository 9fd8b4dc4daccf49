package httpapi

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-f0df946f/mediakit/blob/memblob"
	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/storage/memory"
	"github.com/seed-f0df946f/mediakit/tags"
)

// bigAnswer is about the size of the largest page, in bytes.
const bigAnswer = 1400 << 10

// newBigAPI returns an API with an additional route, GET /big. Its answer is a bigAnswer.
func newBigAPI(t *testing.T, c Config) *api {
	t.Helper()
	store := memory.New()
	var err error
	if c.Media, err = media.NewService(store.Media(), memblob.New(nil), nil); err != nil {
		t.Fatal(err)
	}
	if c.Tags, err = tags.NewService(store.Tags(), nil); err != nil {
		t.Fatal(err)
	}
	a := newAPI(c)
	big := func(*call) (answer, error) {
		return answer{http.StatusOK, "application/json", make([]byte, bigAnswer)}, nil
	}
	a.mux.HandleFunc("GET /big", a.serve(route{"GET /big", big, terms{timeout: a.RequestTimeout, turns: a.pages}}))
	return a
}

// wrapped is a ResponseWriter as the middleware of a host passes it on.
type wrapped struct{ http.ResponseWriter }

// Unwrap lets an http.ResponseController reach the connection.
func (w wrapped) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(wrapped{w}, r) })
}

// pipes is a listener for connections within the process. They buffer nothing.
type pipes chan net.Conn

func (p pipes) Accept() (net.Conn, error) {
	if conn, ok := <-p; ok {
		return conn, nil
	}
	return nil, net.ErrClosed
}

func (p pipes) Close() error   { return nil }
func (p pipes) Addr() net.Addr { return &net.IPAddr{} }

func (p pipes) dial() net.Conn {
	ours, theirs := net.Pipe()
	p <- theirs
	return ours
}

// An answer's deadline moves as long as its bytes flow, however slowly. If they stop, it
// ends the answer.
func TestWriteDeadlineMoves(t *testing.T) {
	for name, test := range map[string]struct {
		pause time.Duration // before each chunk
		whole bool
	}{
		"slow":    {stallTime - time.Second, true},
		"stopped": {stallTime + time.Second, false},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				listener := make(pipes)
				server := &http.Server{Handler: wrap(newBigAPI(t, Config{}).handler()), WriteTimeout: stallTime}
				go func() { _ = server.Serve(listener) }()
				defer server.Close()
				defer close(listener)
				conn := listener.dial()
				defer conn.Close()
				if _, err := io.WriteString(conn, "GET /big HTTP/1.1\r\nHost: a\r\n\r\n"); err != nil {
					t.Fatal(err)
				}
				reader := bufio.NewReaderSize(conn, chunkSize)
				resp, err := http.ReadResponse(reader, nil)
				if err != nil {
					t.Fatal(err)
				}
				var n int64
				for err == nil {
					<-time.After(test.pause)
					var read int64
					read, err = io.CopyN(io.Discard, resp.Body, chunkSize)
					n += read
				}
				if whole := n == bigAnswer; whole != test.whole {
					t.Errorf("%d bytes, then %v", n, err)
				}
			})
		})
	}
}

// After the answer, the connection has no deadline: the server may not use any, and other
// handlers write to the connection next.
func TestDeadlineEndsWithTheAnswer(t *testing.T) {
	w := &deadlines{ResponseWriter: httptest.NewRecorder()}
	var o outbox
	o.limit = bigAnswer
	o.deliver(w, o.accept(wrapped{w}, answer{200, "application/json", make([]byte, bigAnswer)}))
	if chunks := (bigAnswer + chunkSize - 1) / chunkSize; len(w.set) != chunks+2 { // one for the flush, one for the end
		t.Errorf("%d deadlines for %d chunks", len(w.set), chunks)
	}
	last := len(w.set) - 1
	for i, deadline := range w.set {
		if deadline.IsZero() != (i == last) || i > 0 && i < last && deadline.Before(w.set[i-1]) {
			t.Errorf("deadline %d is %v", i, deadline)
		}
	}
	if o.weight != 0 || o.waiting.Len() != 0 {
		t.Errorf("%d bytes stay", o.weight)
	}
}

// A slow route extends the server's write deadline, but sets none if the server has none.
func TestSlowRouteExtendsTheDeadline(t *testing.T) {
	a := newBigAPI(t, Config{})
	for name, test := range map[string]struct {
		server *http.Server
		sets   int
	}{
		"no server":   {nil, 0},
		"no time-out": {&http.Server{}, 0},
		"a time-out":  {&http.Server{WriteTimeout: 1}, 1},
	} {
		w := &deadlines{ResponseWriter: httptest.NewRecorder()}
		r := httptest.NewRequest("DELETE", "/tags/019313a4-6d20-7c5e-9a55-0f2b8d1c4e77", nil)
		if test.server != nil {
			r = r.WithContext(context.WithValue(r.Context(), http.ServerContextKey, test.server))
		}
		begin := time.Now()
		a.handler().ServeHTTP(w, r)
		if len(w.set) != test.sets {
			t.Errorf("%s: deadlines %v", name, w.set)
		}
		for _, deadline := range w.set {
			if deadline.Before(begin.Add(slowTimeout + answerTime)) {
				t.Errorf("%s: the route may take a minute, but its answer only until %v", name, deadline.Sub(begin))
			}
		}
	}
}

// deadlines remembers the write deadlines that are set.
type deadlines struct {
	http.ResponseWriter
	set []time.Time
}

// Unwrap lets an http.ResponseController flush.
func (d *deadlines) Unwrap() http.ResponseWriter { return d.ResponseWriter }

// SetWriteDeadline is called by an http.ResponseController.
func (d *deadlines) SetWriteDeadline(deadline time.Time) error {
	d.set = append(d.set, deadline)
	return nil
}

// The client that has taken nothing for the longest time is cut off. A connection whose
// answer is over is left alone.
func TestOutboxCutsTheSlowest(t *testing.T) {
	o := outbox{limit: 30}
	begin := func(size int) (*delivery, *deadlines) {
		w := &deadlines{}
		d := &delivery{answer: answer{body: make([]byte, size)}, conn: http.NewResponseController(w)}
		o.add(d)
		return d, w
	}
	first, firstConn := begin(10)
	second, secondConn := begin(10)
	third, thirdConn := begin(10)
	if !o.flows(first) {
		t.Fatal("cut off within the limit")
	}
	_, fourthConn := begin(10)
	if o.flows(second) || o.weight != 30 {
		t.Errorf("the slowest isn't cut off; %d bytes", o.weight)
	}
	if set := secondConn.set; len(set) != 1 || !set[0].Before(time.Now()) {
		t.Errorf("deadlines of the slowest: %v", set)
	}
	o.end(second)
	o.end(third)
	if o.weight != 20 || len(secondConn.set) != 1 {
		t.Errorf("%d bytes; deadlines of what was cut off: %v", o.weight, secondConn.set)
	}
	_, hugeConn := begin(100)
	for name, conn := range map[string]*deadlines{"first": firstConn, "fourth": fourthConn} {
		if cut := conn.set[len(conn.set)-1]; cut.IsZero() || !cut.Before(time.Now()) {
			t.Errorf("the %s isn't cut off: %v", name, conn.set)
		}
	}
	if len(hugeConn.set) != 0 || len(thirdConn.set) != 1 || !thirdConn.set[0].IsZero() {
		t.Errorf("what is over, or came last, is cut off: %v %v", hugeConn.set, thirdConn.set)
	}
	if o.weight != 100 || o.waiting.Len() != 1 {
		t.Errorf("%d bytes of %d answers", o.weight, o.waiting.Len())
	}
}

// An answer of one chunk is sent without deadlines.
func TestSmallAnswersHaveNoDeadline(t *testing.T) {
	for size, sets := range map[int]int{0: 0, chunkSize: 0, chunkSize + 1: 4} {
		rec := httptest.NewRecorder()
		w := &deadlines{ResponseWriter: rec}
		o := outbox{limit: 1}
		o.deliver(w, o.accept(w, answer{200, "application/json", bytes.Repeat([]byte("a"), size)}))
		if len(w.set) != sets || rec.Body.Len() != size || rec.Flushed != (sets > 0) {
			t.Errorf("%d bytes: %d sent, deadlines %v, flushed %v", size, rec.Body.Len(), w.set, rec.Flushed)
		}
	}
}
