package media_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/media"
)

// sweepEnd is longer than any URL of the default options can write.
const sweepEnd = 90 * time.Minute

// objects is a store in which a test makes deletes fail, and counts them. It can also do
// something behind the next look at an object, once.
type objects struct {
	media.BlobStore
	mu      sync.Mutex
	deletes map[string]int                              // by key, those that succeeded
	before  func(ctx context.Context, key string) error // of a delete; nil: nothing
	after   func() error                                // of a Stat; nil: nothing
	unread  func(key string) error                      // of every Stat; nil: nothing
	parts   media.Multipart                             // nil: none
}

func (o *objects) Multipart() media.Multipart { return o.parts }

func (o *objects) Delete(ctx context.Context, key string) error {
	o.mu.Lock()
	before := o.before
	o.mu.Unlock()
	if before != nil {
		if err := before(ctx, key); err != nil {
			return err
		}
	}
	err := o.BlobStore.Delete(ctx, key)
	o.mu.Lock()
	defer o.mu.Unlock()
	if err == nil {
		o.deletes[key]++
	}
	return err
}

func (o *objects) Stat(ctx context.Context, key string) (media.Info, error) {
	if o.unread != nil {
		if err := o.unread(key); err != nil {
			return media.Info{}, err
		}
	}
	info, err := o.BlobStore.Stat(ctx, key)
	if o.after != nil {
		after := o.after
		o.after = nil
		if failed := after(); failed != nil {
			return media.Info{}, failed
		}
	}
	return info, err
}

func (o *objects) set(before func(ctx context.Context, key string) error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.before = before
}

// sweepOnce sweeps and holds the report to want, but for the ages in it.
func (b *bench) sweepOnce(t *testing.T, want media.SweepReport) {
	t.Helper()
	got, err := b.Sweep(t.Context())
	got.OldestDue, got.OldestFailed = 0, 0
	if diff := cmp.Diff(want, got); diff != "" || err != nil {
		t.Errorf("sweep: %v, report (-want +got):\n%s", err, diff)
	}
}

func (b *bench) stored(t *testing.T, v media.View, want bool) {
	t.Helper()
	switch _, err := b.blobs.Stat(t.Context(), v.ObjectKey); {
	case want && err != nil:
		t.Errorf("the object: %v; want it there", err)
	case !want && !errors.Is(err, media.ErrNoObject):
		t.Errorf("the object: %v; want ErrNoObject", err)
	}
}

// is holds a media to a state, and to why it failed.
func (b *bench) is(t *testing.T, v media.View, state media.State, why media.Failure) {
	t.Helper()
	got, err := b.Get(t.Context(), v.ID, media.GetOptions{})
	if err != nil || got.State != state || got.Failure != why {
		t.Errorf("it is %s %q, %v; want %s %q", got.State, got.Failure, err, state, why)
	}
}

func (b *bench) ready(t *testing.T) media.View {
	t.Helper()
	v := b.create(t, input(png))
	b.upload(t, v, png)
	v, err := b.Finalize(t.Context(), v.ID)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func (b *bench) delete(t *testing.T, id uuid.UUID) {
	t.Helper()
	if err := b.Delete(t.Context(), id); err != nil {
		t.Fatal(err)
	}
}

func TestSweepExpires(t *testing.T) {
	b := newBench(t, media.Options{})
	empty, ready := b.create(t, input(png)), b.ready(t)
	b.turn(24*time.Hour - time.Microsecond)
	b.sweepOnce(t, media.SweepReport{})
	late, err := b.SignUpload(t.Context(), empty.ID)
	if err != nil {
		t.Fatal(err)
	}

	b.turn(time.Microsecond)
	b.sweepOnce(t, media.SweepReport{Expired: 1, Cleaned: 1})
	b.stored(t, ready, true)
	b.is(t, empty, media.StateFailed, media.FailureExpired)
	if _, err := b.Finalize(t.Context(), empty.ID); !errors.Is(err, media.ErrUploadExpired) {
		t.Errorf("finalize after the sweep: %v; want ErrUploadExpired", err)
	}

	// A URL signed before still writes; the second pass removes what it wrote, once.
	if status := send(t, late.Requests[0].SignedRequest, png); status != http.StatusOK {
		t.Fatalf("late upload: status %d", status)
	}
	b.sweepOnce(t, media.SweepReport{})
	b.turn(sweepEnd)
	b.sweepOnce(t, media.SweepReport{Cleaned: 1})
	b.stored(t, empty, false)
	b.turn(24 * time.Hour)
	b.sweepOnce(t, media.SweepReport{})
	b.delete(t, empty.ID)
	b.sweepOnce(t, media.SweepReport{Cleaned: 1, Removed: 1})
}

func TestSweepRemovesWhatWasDeleted(t *testing.T) {
	b := newBench(t, media.Options{})
	old := b.ready(t)
	b.turn(sweepEnd)
	fresh, pending := b.ready(t), b.create(t, input(png))
	for _, v := range []media.View{old, fresh, pending} {
		b.delete(t, v.ID)
	}
	b.sweepOnce(t, media.SweepReport{Cleaned: 3, Removed: 1}) // no URL writes old any more
	b.stored(t, old, false)
	b.stored(t, fresh, false)

	b.upload(t, pending, png)
	b.sweepOnce(t, media.SweepReport{})
	b.turn(sweepEnd)
	b.sweepOnce(t, media.SweepReport{Cleaned: 2, Removed: 2})
	b.stored(t, pending, false)
	b.turn(999 * time.Hour)
	b.sweepOnce(t, media.SweepReport{})
}

// TestSweepLooksAtTheClockBeforeItDeletes: what an upload writes behind a slow delete,
// just before its URL has died, is still found by a later pass.
func TestSweepLooksAtTheClockBeforeItDeletes(t *testing.T) {
	b := newBench(t, media.Options{})
	v := b.create(t, input(png))
	b.delete(t, v.ID)
	b.turn(80*time.Minute - time.Second)
	b.store.set(func(context.Context, string) error {
		b.turn(2 * time.Second)
		return nil
	})
	b.sweepOnce(t, media.SweepReport{Cleaned: 1})
	b.store.set(nil)
	b.blobs.Plant(v.ObjectKey, media.Info{ContentType: "image/png"}, png)
	b.sweepOnce(t, media.SweepReport{Cleaned: 1, Removed: 1})
	b.stored(t, v, false)
}

// uploads are multipart uploads that can only be dropped.
type uploads struct {
	media.Multipart
	open map[string]bool // by object key
	err  error           // of every call
}

func (u *uploads) AbortAll(_ context.Context, key string) error {
	if u.err == nil {
		delete(u.open, key)
	}
	return u.err
}

func TestSweepDropsParts(t *testing.T) {
	b := newBench(t, media.Options{})
	expired, waiting := b.create(t, input(png)), b.create(t, input(png))
	parts := &uploads{open: map[string]bool{expired.ObjectKey: true, waiting.ObjectKey: true}, err: media.ErrUnavailable}
	b.store.parts = parts
	b.delete(t, expired.ID)
	if report, err := b.Sweep(t.Context()); report.Failed != 1 || !errors.Is(err, media.ErrUnavailable) {
		t.Errorf("parts that can't be dropped: %+v, %v; want ErrUnavailable", report, err)
	}
	parts.err = nil
	b.turn(time.Minute)
	b.sweepOnce(t, media.SweepReport{Cleaned: 1})
	if parts.open[expired.ObjectKey] || !parts.open[waiting.ObjectKey] {
		t.Errorf("open are %v; want those of the media that waits alone", parts.open)
	}
}

func TestSweepForgetsKeys(t *testing.T) {
	b := newBench(t, media.Options{PendingTTL: 99 * 24 * time.Hour})
	in := input(png)
	for i := range 1001 {
		in.IdempotencyKey = fmt.Sprint(i)
		b.create(t, in)
	}
	b.turn(24*time.Hour - time.Microsecond)
	b.sweepOnce(t, media.SweepReport{})
	b.turn(time.Microsecond)
	b.sweepOnce(t, media.SweepReport{Forgotten: 1000, More: true})
	b.sweepOnce(t, media.SweepReport{Forgotten: 1})
	b.sweepOnce(t, media.SweepReport{})
}

// TestSweepHoldsNothingUp: what can't be deleted comes due ever later, and the rest
// is done meanwhile.
func TestSweepHoldsNothingUp(t *testing.T) {
	for name, wait := range map[string]struct{ beforeDelete, afterDelete time.Duration }{
		"media deleted long after its upload": {24 * time.Hour, 0},
		"media deleted at once":               {0, 0},
		"second pass":                         {0, 80 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, media.Options{})
			poisoned, tries := b.ready(t), 0
			b.turn(wait.beforeDelete)
			b.delete(t, poisoned.ID)
			if wait.afterDelete > 0 {
				b.sweepOnce(t, media.SweepReport{Cleaned: 1})
				b.turn(wait.afterDelete)
			}
			b.blobs.Plant(poisoned.ObjectKey, media.Info{}, png)
			b.store.set(func(_ context.Context, key string) error {
				if key != poisoned.ObjectKey {
					return nil
				}
				tries++
				return media.ErrUnavailable
			})
			report, err := b.Sweep(t.Context())
			if !errors.Is(err, media.ErrUnavailable) || !strings.Contains(err.Error(), poisoned.ID.String()) {
				t.Errorf("error %v; want ErrUnavailable, with the media's id", err)
			}
			report.OldestDue, report.OldestFailed = 0, 0
			if diff := cmp.Diff(media.SweepReport{Failed: 1}, report); diff != "" {
				t.Error(diff)
			}
			for minute := range 8 * 60 {
				b.turn(time.Minute)
				b.delete(t, b.create(t, input(png)).ID)
				if report, _ := b.Sweep(t.Context()); report.Cleaned < 1 {
					t.Fatalf("after %d tries of the poisoned one another is held up: %+v", tries, report)
				}
				if minute == 8 && (tries < 4 || tries > 6) {
					t.Errorf("%d tries in 8 minutes; want 4 to 6", tries)
				}
			}
			if tries < 8+5 || tries > 8+7 {
				t.Errorf("%d tries in 8 hours; want 13 to 15", tries)
			}
			b.stored(t, poisoned, true)
			b.store.set(nil)
			b.turn(time.Hour)
			if _, err := b.Sweep(t.Context()); err != nil {
				t.Fatal(err)
			}
			b.stored(t, poisoned, false)
		})
	}
}

func TestSweepTellsTenErrors(t *testing.T) {
	b := newBench(t, media.Options{})
	for range 101 {
		b.delete(t, b.create(t, input(png)).ID)
	}
	b.store.set(func(context.Context, string) error { return media.ErrStoreMisconfigured })
	report, err := b.Sweep(t.Context())
	report.OldestDue, report.OldestFailed = 0, 0
	if diff := cmp.Diff(media.SweepReport{Failed: 100, More: true}, report); diff != "" {
		t.Error(diff)
	}
	if !errors.Is(err, media.ErrStoreMisconfigured) || strings.Count(err.Error(), "\n") != 9 {
		t.Errorf("error %v; want ten of ErrStoreMisconfigured", err)
	}
}

// TestSweepStopsWithItsLease: a slow store can't make a sweep work on what another
// may have taken.
func TestSweepStopsWithItsLease(t *testing.T) {
	b := newBench(t, media.Options{})
	for range 20 {
		b.delete(t, b.create(t, input(png)).ID)
	}
	b.store.set(func(context.Context, string) error {
		b.turn(6 * time.Second)
		return nil
	})
	b.sweepOnce(t, media.SweepReport{Cleaned: 10})
	b.store.set(nil)
	b.sweepOnce(t, media.SweepReport{})
	b.turn(time.Minute + time.Second)
	b.sweepOnce(t, media.SweepReport{Cleaned: 10})
}

func TestSweepEndsWithItsContext(t *testing.T) {
	b := newBench(t, media.Options{})
	var all []media.View
	for range 10 {
		all = append(all, b.create(t, input(png)))
		b.turn(time.Millisecond) // so that they come due in this order
	}
	b.turn(24 * time.Hour)
	ctx, cancel := context.WithCancel(t.Context())
	n := 0
	b.store.set(func(context.Context, string) error {
		if n++; n == 4 {
			cancel()
			return ctx.Err()
		}
		return nil
	})
	report, err := b.Sweep(ctx)
	report.OldestDue, report.OldestFailed = 0, 0
	if diff := cmp.Diff(media.SweepReport{Expired: 4, Cleaned: 3}, report); diff != "" || !errors.Is(err, context.Canceled) {
		t.Errorf("%v; want Canceled; %s", err, diff)
	}
	if _, err := b.Sweep(ctx); !errors.Is(err, context.Canceled) {
		t.Errorf("with a context that has ended: %v; want Canceled", err)
	}
	b.store.set(nil)
	for _, v := range all[4:] { // nothing has been decided about these
		b.is(t, v, media.StatePending, "")
	}
	b.turn(2*time.Minute + time.Second)
	b.sweepOnce(t, media.SweepReport{Expired: 6, Cleaned: 7})
}
