package simulation_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"regexp"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/media"
)

// ledger is what is known of every media there ever was, from outside: from the rows
// as they were seen, and from what clients were answered.
type ledger struct {
	entries    map[uuid.UUID]*entry
	objectKeys map[string]bool         // what is random of them
	keys       map[string]keyed        // idempotency keys
	tombstones map[uuid.UUID]time.Time // deleted, and the row is still there: when it goes
	arrived    map[string]time.Time    // when the object came, by its key
}

// entry is what is known of one media. A step is 0 until it happens.
type entry struct {
	last       media.Media // as it was seen last
	gone       bool        // no longer seen
	failed     time.Time   // when it failed
	readyAcked int         // the step of the first answer that said ready
	deleting   int         // the step at which the first delete began
	deleted    int         // the step of the first answer that said deleted
}

type keyed struct {
	id    uuid.UUID
	until time.Time
}

func (l *ledger) init() {
	l.entries, l.objectKeys = map[uuid.UUID]*entry{}, map[string]bool{}
	l.keys, l.tombstones = map[string]keyed{}, map[uuid.UUID]time.Time{}
	l.arrived = map[string]time.Time{}
}

// rows returns all that a client could see, past all faults.
func (w *world) rows() []media.Media {
	items, next, err := w.repo.List(context.Background(), media.Query{Ascending: true, Limit: 100, Budget: 1000})
	if err != nil || next != uuid.Nil {
		panic("more rows than a page holds")
	}
	return items
}

var objectKey = regexp.MustCompile(`^media/([0-9a-f-]{36})/([0-9a-f]{32})$`)

// created looks at a draft that was just stored.
func (w *world) created(d media.Draft) {
	match := objectKey.FindStringSubmatch(d.Media.ObjectKey)
	if match == nil || match[1] != d.Media.ID.String() || w.ledger.objectKeys[match[2]] {
		w.breach("I9", "%v got the object key %s", d.Media.ID, d.Media.ObjectKey)
		return
	}
	w.ledger.objectKeys[match[2]] = true
	if d.IdempotencyKey == "" {
		return
	}
	if earlier, used := w.ledger.keys[d.IdempotencyKey]; used && w.at.Before(earlier.until) && d.Media.CreatedAt.Before(earlier.until) {
		w.breach("I13", "key %s made %v and %v", d.IdempotencyKey, earlier.id, d.Media.ID)
	}
	w.ledger.keys[d.IdempotencyKey] = keyed{d.Media.ID, d.IdempotencyKeyUntil}
}

// deleting looks at an object that is about to be deleted.
func (w *world) deleting(key string) {
	for _, m := range w.rows() {
		if m.ObjectKey == key && m.State != media.StateFailed {
			w.breach("I7", "the object of %v, which is %s, is being deleted", m.ID, m.State)
		}
	}
	match := objectKey.FindStringSubmatch(key)
	if id := uuid.MustParse(match[1]); !w.now.claimed[id] {
		w.breach("I10", "%s deletes the object of %v, and neither moved nor claimed it", w.now.name, id)
	}
}

// check holds what can be seen to the invariants, and to what was seen before.
func (w *world) check() {
	seen, versions := map[uuid.UUID]bool{}, map[uuid.UUID]int{}
	for _, m := range w.rows() {
		seen[m.ID] = true
		e := w.ledger.entries[m.ID]
		if e == nil {
			e = &entry{last: media.Media{State: media.StatePending}}
			w.ledger.entries[m.ID] = e
		}
		w.checkRow(e, m)
		versions[m.ID] = m.Version - e.last.Version
		e.last = m
	}
	changed := 0
	for _, id := range w.now.atOnce {
		changed += min(versions[id], 1)
	}
	if changed > 0 && changed < len(w.now.atOnce) {
		w.breach("retag", "%s changed only some of %v", w.now.name, w.now.atOnce)
	}
	for id, e := range w.ledger.entries {
		if seen[id] || e.gone {
			continue
		}
		e.gone = true
		if e.deleting == 0 {
			w.breach("I3", "%v has gone, and nobody deleted it", id)
		}
	}
}

func (w *world) checkRow(e *entry, m media.Media) {
	was := e.last
	switch {
	case e.gone:
		w.breach("I6", "%v has come back, %s", m.ID, m.State)
	case m.State != was.State && (was.State != media.StatePending || m.State == media.StateDeleted):
		w.breach("I4", "%v went from %s to %s", m.ID, was.State, m.State)
	case !was.ReadyAt.IsZero() && !was.ReadyAt.Equal(m.ReadyAt), m.State == media.StateReady && m.ReadyAt.IsZero():
		w.breach("I4", "%v was ready at %v, now at %v", m.ID, was.ReadyAt, m.ReadyAt)
	case m.Version < was.Version, !was.LastURLAt.IsZero() && !was.LastURLAt.Equal(m.LastURLAt):
		w.breach("I4", "%v went back from version %d to %d, or got another last moment", m.ID, was.Version, m.Version)
	case m.State != media.StatePending && m.LastURLAt.IsZero():
		w.breach("I8", "%v is %s and nobody knows when its last URL dies", m.ID, m.State)
	}
	if m.State == media.StateReady {
		w.checkObject(m)
	}
	for _, tag := range m.Tags {
		if _, err := w.known.Get(context.Background(), tag.ID); err != nil {
			w.breach("I11", "%v carries tag %v: %v", m.ID, tag.ID, err)
		}
	}
}

// staleness is how long ago the look at the store may have been, at most, by which a media
// fails for want of bytes: a minute, and the time that a Move takes.
const staleness = time.Minute + moveTime

// moved looks at a media whose state was just changed.
func (w *world) moved(was, m media.Media) {
	lease, swept := w.now.leases[m.ID]
	if swept && !was.DueAt.Equal(lease) {
		w.breach("I10", "%s moves %v to %s under a lease that it has lost", w.now.name, m.ID, m.State)
	}
	e := w.ledger.entries[m.ID]
	switch m.State {
	case media.StateFailed:
		e.failed = m.UpdatedAt
		w.hasFailed(was, m)
	case media.StateDeleted:
		w.ledger.tombstones[m.ID] = m.LastURLAt
		if !swept {
			return
		}
		e.deleting = w.step
		if was.State != media.StateFailed || w.keep < 0 || w.at.Before(e.failed.Add(w.keep)) {
			w.breach("failed", "%s ends %v, which is %s since %v", w.now.name, m.ID, was.State, e.failed)
		}
	}
}

// hasFailed holds I10: bytes that came in time and are right are never given up.
func (w *world) hasFailed(was, m media.Media) {
	arrived, there := w.ledger.arrived[m.ObjectKey]
	switch expired := m.Failure == media.FailureExpired; {
	case expired && w.at.Before(was.ExpiresAt):
		w.breach("I10", "%s lets %v expire before %v", w.now.name, m.ID, was.ExpiresAt)
	case expired && there && arrived.Before(was.ExpiresAt):
		w.breach("I10", "%s lets %v expire, whose bytes came at %v", w.now.name, m.ID, arrived)
	case expired && there && w.at.Sub(arrived) > staleness:
		w.breach("I10", "%s lets %v expire, and hasn't looked since %v", w.now.name, m.ID, arrived)
	case !expired && there && w.differs(m, nil) == nil:
		w.breach("I10", "%s rejects %v for %s, and it is as declared", w.now.name, m.ID, m.Failure)
	}
}

// removed looks at a tombstone whose row just went.
func (w *world) removed(id uuid.UUID) {
	if last := w.ledger.tombstones[id]; w.at.Before(last) {
		w.breach("I8", "%s removes %v, whose object can be written until %v", w.now.name, id, last)
	}
	delete(w.ledger.tombstones, id)
}

// checkObject holds I1 and, since what is declared doesn't change, I2.
func (w *world) checkObject(m media.Media) {
	switch err := w.differs(m, &media.Pin{ETag: m.ETag}); {
	case errors.Is(err, media.ErrObjectChanged):
		w.breach("I2", "%v is ready: %v", m.ID, err)
	case err != nil:
		w.breach("I1", "%v is ready: %v", m.ID, err)
	}
}

// differs tells what is wrong with the object of a media: with the one that is pinned, or
// with whichever is there.
func (w *world) differs(m media.Media, pin *media.Pin) error {
	ctx := context.Background()
	info, err := w.blobs.Stat(ctx, m.ObjectKey)
	if err != nil {
		return err
	}
	if pin == nil {
		pin = &info.Pin
	}
	body, err := w.blobs.ReadAt(ctx, m.ObjectKey, *pin, 0, info.Size)
	if err != nil {
		return err
	}
	content, err := io.ReadAll(body)
	if err == nil && (info.Size != m.Size || media.Digest(sha256.Sum256(content)) != m.SHA256 || info.ContentType != m.ContentType ||
		len(info.Unexpected) > 0 || !bytes.HasPrefix(content, []byte(png))) {
		err = errors.New("its bytes are others than declared")
	}
	return err
}

// checkRest holds what must be true when all has come to rest: I8 and I10.
func (w *world) checkRest() {
	owned := map[string]bool{}
	for _, m := range w.rows() {
		owned[m.ObjectKey] = m.State == media.StateReady
		switch {
		case m.State == media.StatePending, m.State == media.StateReady && !m.DueAt.IsZero():
			w.breach("I10", "%v is %s, due at %v", m.ID, m.State, m.DueAt)
		case m.State == media.StateFailed && (w.keep >= 0 || m.DueAt.IsZero()):
			w.breach("failed", "%v is there for good, due at %v", m.ID, m.DueAt)
		}
	}
	objects, _, err := w.blobs.List(context.Background(), "", "")
	if err != nil {
		panic(err)
	}
	for _, o := range objects {
		if !owned[o.Key] {
			w.breach("I8", "nobody owns %s", o.Key)
		}
	}
	if n := len(w.ledger.tombstones); n > 0 {
		w.breach("I8", "%d tombstones are never swept", n)
	}
}

// saw judges an answer in which a media was told: I3, I5 and I6. What was answered
// before the task began must show in what it is answered.
func (w *world) saw(t *task, m media.Media) {
	e := w.ledger.entries[m.ID]
	switch {
	case e == nil:
		w.breach("I3", "%s was told of %v, which isn't stored", t.name, m.ID)
	case e.deleted > 0 && e.deleted < t.began:
		w.breach("I6", "%s was told of %v, which was deleted", t.name, m.ID)
	case m.State == media.StateReady && e.readyAcked == 0:
		e.readyAcked = w.step
	case m.State != media.StateReady && e.readyAcked > 0 && e.readyAcked < t.began:
		w.breach("I5", "%s was told that %v is %s, after it was ready", t.name, m.ID, m.State)
	}
}

// missed judges an error that an operation on one media was answered with.
func (w *world) missed(t *task, id uuid.UUID, err error, expected ...error) {
	e := w.ledger.entries[id]
	if errors.Is(err, media.ErrNotFound) {
		if e.deleting == 0 {
			w.breach("I3", "%s was told that %v isn't there, and nobody deleted it", t.name, id)
		}
		return
	}
	failed := errors.Is(err, media.ErrUploadExpired) || errors.Is(err, media.ErrUploadRejected) || errors.Is(err, media.ErrUploadIncomplete)
	if failed && e.readyAcked > 0 && e.readyAcked < t.began {
		w.breach("I5", "%s of %v, which was ready: %v", t.name, id, err)
	}
	w.expect(t, err, expected...)
}

// expect judges an error. If nothing went wrong below, it must be one of those that the
// operation may well be answered with.
func (w *world) expect(t *task, err error, expected ...error) {
	if err == nil || t.faulted && (errors.Is(err, media.ErrUnavailable) || errors.Is(err, context.DeadlineExceeded)) || t.ctx.Err() != nil && errors.Is(err, context.Canceled) {
		return
	}
	for _, one := range expected {
		if errors.Is(err, one) {
			return
		}
	}
	w.breach("errors", "%s: %v", t.name, err)
}
