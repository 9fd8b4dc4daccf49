package fileblob

import (
	"slices"
	"sync"
	"time"
)

const (
	// maxWalks is how many walks the store keeps, each with the names of the folders
	// that it is in.
	maxWalks = 4
	// walkLife is how long a walk may be left alone before it is forgotten.
	walkLife = 10 * time.Minute
)

// walks are those that List has left after a page and that its next call may go on
// with. A file system lists a folder in no order, so that a folder must be read and
// sorted as a whole: to do that once for each page would take a time that grows with
// the square of the number of objects.
type walks struct {
	now  func() time.Time
	mu   sync.Mutex
	left []leftWalk // the oldest first
}

type leftWalk struct {
	*walk
	at time.Time
}

// take returns the walk over prefix that was left at the object key after, or nil. A
// walk is taken once.
func (ws *walks) take(prefix, after string) *walk {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	deadline := ws.now().Add(-walkLife)
	ws.left = slices.DeleteFunc(ws.left, func(w leftWalk) bool { return w.at.Before(deadline) })
	i := slices.IndexFunc(ws.left, func(w leftWalk) bool { return w.prefix == prefix && w.after == after })
	if i < 0 {
		return nil
	}
	w := ws.left[i].walk
	ws.left = slices.Delete(ws.left, i, i+1)
	return w
}

// keep keeps a walk for take. It forgets the oldest one if there are too many.
func (ws *walks) keep(w *walk) {
	ws.mu.Lock()
	defer ws.mu.Unlock()
	if len(ws.left) == maxWalks {
		ws.left = slices.Delete(ws.left, 0, 1)
	}
	ws.left = append(ws.left, leftWalk{w, ws.now()})
}
