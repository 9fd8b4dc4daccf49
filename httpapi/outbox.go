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
	// chunkSize is how much of an answer is written at once. A client that takes less
	// in a stallTime is given up.
	chunkSize = 16 << 10
	stallTime = 30 * time.Second
	// maxUnsent is how many bytes of answers wait for their clients at most.
	maxUnsent = 64 << 20
)

// outbox holds the answers that are on their way to clients. A client may take its time,
// but not the memory of the process: if all answers weigh more than the limit, those that
// have stood still for the longest time are cut off.
//
// An answer of one chunk is none of its business: a connection weighs as much.
type outbox struct {
	limit int // bytes

	mu      sync.Mutex
	weight  int       // bytes of all deliveries; what was sent of them counts too, since it is still held
	waiting list.List // of *delivery, by the time at which the last bytes flowed, the longest ago first
}

// delivery is one answer on its way.
type delivery struct {
	conn *http.ResponseController
	size int // bytes

	place *list.Element // in outbox.waiting; nil if it isn't there any more. Guarded by outbox.mu

	mu   sync.Mutex
	over bool // it has ended, or was cut off: its connection is not touched any more
}

// send writes an answer. If that fails the client has gone, and nobody is told.
func (o *outbox) send(w http.ResponseWriter, given answer) {
	if given.contentType == "" {
		w.WriteHeader(given.status)
		return
	}
	h := w.Header()
	h.Set("Content-Type", given.contentType)
	h.Set("Content-Length", strconv.Itoa(len(given.body)))
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(given.status)
	if len(given.body) <= chunkSize {
		_, _ = w.Write(given.body)
		return
	}
	o.deliver(w, given.body)
}

// deliver writes a body chunk by chunk. Each chunk gets a stallTime.
func (o *outbox) deliver(w http.ResponseWriter, body []byte) {
	d := &delivery{conn: http.NewResponseController(w), size: len(body)}
	o.add(d)
	defer o.end(d)
	for chunk := range slices.Chunk(body, chunkSize) {
		if !o.flows(d) {
			return
		}
		if _, err := w.Write(chunk); err != nil {
			return
		}
	}
	if o.flows(d) {
		_ = d.conn.Flush() // within the deadline, which ends with the delivery
	}
}

// add begins a delivery, and cuts off the slowest others if there is no room for all.
func (o *outbox) add(d *delivery) {
	var slowest []*delivery
	o.mu.Lock()
	d.place = o.waiting.PushBack(d)
	o.weight += d.size
	for o.weight > o.limit && o.waiting.Len() > 1 {
		slow := o.waiting.Front().Value.(*delivery)
		o.remove(slow)
		slowest = append(slowest, slow)
	}
	o.mu.Unlock()
	for _, slow := range slowest {
		slow.stop(time.Unix(1, 0)) // long past: what is being written fails at once
	}
}

// flows notes that bytes of a delivery have flowed, and gives it time for the next. It
// reports false if the delivery was cut off.
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

// end makes room. The connection may serve other requests, of other handlers, so the
// deadline is taken away.
func (o *outbox) end(d *delivery) {
	o.mu.Lock()
	o.remove(d)
	o.mu.Unlock()
	d.stop(time.Time{})
}

// remove takes a delivery out, once. The caller holds o.mu.
func (o *outbox) remove(d *delivery) {
	if d.place != nil {
		o.waiting.Remove(d.place)
		d.place = nil
		o.weight -= d.size
	}
}

// stop sets a last deadline, unless the delivery is over.
func (d *delivery) stop(deadline time.Time) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.over {
		d.over = true
		d.setDeadline(deadline)
	}
}

// setDeadline moves the end of what is being written. A writer without deadlines, as in
// tests without a connection, never blocks.
func (d *delivery) setDeadline(deadline time.Time) { _ = d.conn.SetWriteDeadline(deadline) }
