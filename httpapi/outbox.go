package httpapi

import (
	"container/list"
	"net/http"
	"slices"
	"strconv"
	"sync"
	"time"
)

const (
	// chunkSize is how many bytes of an answer are written at once. A client that takes
	// less than that in a stallTime is cut off.
	chunkSize = 16 << 10
	stallTime = 30 * time.Second
	// maxUnsent is how large the answers that wait for their clients may be together; bytes.
	maxUnsent = 64 << 20
)

// outbox holds the answers that are being sent. A client may take its time, but not the
// memory of the process: if all answers together are larger than the limit, those clients
// are cut off that have taken nothing for the longest time.
//
// An answer of one chunk isn't held there: the buffers of its connection are as large.
type outbox struct {
	limit int // bytes

	mu      sync.Mutex
	weight  int       // bytes of all deliveries, including those already sent: they are still in memory
	waiting list.List // of *delivery; first is the one whose last bytes flowed the longest ago
}

// delivery is an answer that is being sent.
type delivery struct {
	answer
	conn *http.ResponseController

	place *list.Element // in outbox.waiting, guarded by outbox.mu; nil once it was taken out

	mu   sync.Mutex
	over bool // it was sent, or cut off; from then on its connection is left alone
}

// accept takes over an answer, which deliver then has to send.
func (o *outbox) accept(w http.ResponseWriter, given answer) *delivery {
	d := &delivery{answer: given, conn: http.NewResponseController(w)}
	if !d.isSmall() {
		o.add(d)
	}
	return d
}

// deliver writes an answer. It reports no error: if it fails, the client has gone.
func (o *outbox) deliver(w http.ResponseWriter, d *delivery) {
	if !d.isSmall() {
		defer o.end(d)
	}
	if d.contentType == "" {
		w.WriteHeader(d.status)
		return
	}
	h := w.Header()
	h.Set("Content-Type", d.contentType)
	h.Set("Content-Length", strconv.Itoa(len(d.body)))
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(d.status)
	if d.isSmall() {
		_, _ = w.Write(d.body)
		return
	}
	o.write(w, d)
}

// write writes a body chunk by chunk, with a new deadline for each.
func (o *outbox) write(w http.ResponseWriter, d *delivery) {
	for chunk := range slices.Chunk(d.body, chunkSize) {
		if !o.flows(d) {
			return
		}
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
	if o.flows(d) {
		_ = d.conn.Flush() // here, while there is a deadline
	}
}

// isSmall reports whether the answer is one chunk. The outbox doesn't hold it then.
func (d *delivery) isSmall() bool { return len(d.body) <= chunkSize }

// add begins a delivery. If there is no room for all, it cuts off the slowest others.
func (o *outbox) add(d *delivery) {
	var slowest []*delivery
	o.mu.Lock()
	d.place = o.waiting.PushBack(d)
	o.weight += len(d.body)
	for o.weight > o.limit && o.waiting.Len() > 1 {
		slow := o.waiting.Front().Value.(*delivery)
		o.remove(slow)
		slowest = append(slowest, slow)
	}
	o.mu.Unlock()
	for _, slow := range slowest {
		slow.stop(time.Unix(1, 0)) // long past: a write that waits fails at once
	}
}

// flows is called when bytes of a delivery have flowed, and gives it time for the next
// ones. It reports false if the delivery was cut off.
func (o *outbox) flows(d *delivery) bool {
	o.mu.Lock()
	if d.place != nil {
		o.waiting.MoveToBack(d.place)
	}
	o.mu.Unlock()
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.over {
		d.setDeadline(time.Now().Add(stallTime))
	}
	return !d.over
}

// end takes a delivery out. It removes the deadline too, since the connection may serve
// requests of other handlers after this one.
func (o *outbox) end(d *delivery) {
	o.mu.Lock()
	o.remove(d)
	o.mu.Unlock()
	d.stop(time.Time{})
}

// remove takes a delivery out if it is still there. The caller holds o.mu.
func (o *outbox) remove(d *delivery) {
	if d.place != nil {
		o.waiting.Remove(d.place)
		d.place = nil
		o.weight -= len(d.body)
	}
}

// stop sets the last deadline of a delivery, if it isn't over.
func (d *delivery) stop(deadline time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.over {
		d.over = true
		d.setDeadline(deadline)
	}
}

// setDeadline sets the write deadline. It ignores an error: a writer to which none can be
// set, as in a test without a connection, never blocks.
func (d *delivery) setDeadline(deadline time.Time) { _ = d.conn.SetWriteDeadline(deadline) }
