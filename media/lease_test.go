package media_test

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/media"
)

// TestSweepShared: several sweepers at once delete each object once.
func TestSweepShared(t *testing.T) {
	b := newBench(t, media.Options{})
	var all []media.View
	for range 1000 {
		v := b.create(t, input(png))
		b.blobs.Plant(v.ObjectKey, media.Info{ContentType: "image/png"}, png)
		b.delete(t, v.ID)
		all = append(all, v)
	}
	var group sync.WaitGroup
	for range 16 {
		group.Go(func() {
			for more := true; more; {
				report, err := b.Sweep(t.Context())
				if err != nil {
					t.Error(err)
				}
				more = report.More
			}
		})
	}
	group.Wait()
	for _, v := range all {
		b.stored(t, v, false)
		if n := b.store.deletes[v.ObjectKey]; n != 1 {
			t.Fatalf("%v was deleted %d times; want once", v.ID, n)
		}
	}
	if left, err := b.Sweep(t.Context()); left.Cleaned != 0 || err != nil {
		t.Errorf("%+v is left, %v", left, err)
	}
}

// TestSweepRaced holds I7 and I10: of finalize, sweep and delete one decides. Bytes that
// are there and right are lost to a delete alone, however late it is.
func TestSweepRaced(t *testing.T) {
	for round := range 200 {
		b := newBench(t, media.Options{})
		v := b.create(t, input(png))
		b.blobs.Plant(v.ObjectKey, media.Info{ContentType: "image/png"}, png)
		b.turn(24 * time.Hour)
		var group sync.WaitGroup
		for i := range 16 {
			group.Go(func() {
				var err error
				switch {
				case i%2 == round/2%2:
					_, err = b.Sweep(t.Context())
				case i > 13 && round%2 == 1:
					err = b.Delete(t.Context(), v.ID)
				default:
					_, err = b.Finalize(t.Context(), v.ID)
				}
				if err != nil && (round%2 == 0 || !errors.Is(err, media.ErrNotFound)) {
					t.Error(err)
				}
			})
		}
		group.Wait()
		b.turn(sweepEnd)
		if _, err := b.Sweep(t.Context()); err != nil {
			t.Error(err)
		}
		if round%2 == 0 {
			b.is(t, v, media.StateReady, "")
		} else if _, err := b.Get(t.Context(), v.ID, media.GetOptions{}); !errors.Is(err, media.ErrNotFound) {
			t.Errorf("after the delete: %v; want ErrNotFound", err)
		}
		b.stored(t, v, round%2 == 0)
	}
}

// TestNobodyReleasesATombstoneForGood: who holds a failed media that is deleted
// meanwhile can't be taken for who is to remove it, whatever the clock shows.
func TestNobodyReleasesATombstoneForGood(t *testing.T) {
	for name, wait := range map[string]func(lease, now time.Time) time.Duration{
		"deleted in the instant of the claim": func(time.Time, time.Time) time.Duration { return 0 },
		"deleted when the lease ends":         func(lease, now time.Time) time.Duration { return lease.Sub(now) },
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, media.Options{})
			v := b.create(t, input(png))
			b.turn(24 * time.Hour)
			b.sweepOnce(t, media.SweepReport{Expired: 1, Cleaned: 1})
			b.turn(sweepEnd)
			b.store.set(func(context.Context, string) error {
				b.store.set(func(context.Context, string) error { return media.ErrUnavailable })
				claimed, err := b.Get(t.Context(), v.ID, media.GetOptions{})
				if err != nil {
					t.Fatal(err)
				}
				b.turn(wait(claimed.DueAt, b.now()))
				b.delete(t, v.ID)
				if b.now().Before(claimed.DueAt) { // and claimed again in that instant
					if err := b.Purge(t.Context(), v.ID); !errors.Is(err, media.ErrUnavailable) {
						t.Errorf("purge: %v; want ErrUnavailable", err)
					}
				}
				return nil
			})
			if err := b.Purge(t.Context(), v.ID); err != nil {
				t.Fatal(err)
			}
			b.store.set(nil)
			b.turn(time.Hour)
			b.sweepOnce(t, media.SweepReport{Cleaned: 1, Removed: 1})
		})
	}
}

// TestSweepLosesItsLease: who comes back after another has taken over changes no row.
func TestSweepLosesItsLease(t *testing.T) {
	b := newBench(t, media.Options{})
	v := b.ready(t)
	b.turn(sweepEnd)
	b.delete(t, v.ID)
	b.store.set(func(context.Context, string) error {
		b.store.set(nil)
		b.turn(2*time.Minute + time.Second)
		if report, err := b.Sweep(t.Context()); report.Removed != 1 || err != nil {
			t.Errorf("the second sweep: %+v, %v; want it to remove the row", report, err)
		}
		return nil
	})
	b.sweepOnce(t, media.SweepReport{Cleaned: 1})
}

// TestLeasesHold: while a sweep still works under its lease, for up to two minutes, no
// other does the same.
func TestLeasesHold(t *testing.T) {
	b := newBench(t, media.Options{})
	v := b.create(t, input(png))
	b.delete(t, v.ID)
	b.store.set(func(context.Context, string) error {
		b.store.set(nil)
		b.turn(70 * time.Second)
		b.sweepOnce(t, media.SweepReport{})
		b.turn(49 * time.Second)
		b.sweepOnce(t, media.SweepReport{})
		return nil
	})
	b.sweepOnce(t, media.SweepReport{Cleaned: 1})
}

// stuck is a repository that doesn't move some media to failed.
type stuck struct {
	media.Repository
	tries int
}

func (r *stuck) Move(ctx context.Context, id uuid.UUID, when media.When, c media.Change) (media.Media, bool, error) {
	if c.State == media.StateReady || c.State == media.StateFailed || c.State == media.StateDeleted && when.Lease != (time.Time{}) {
		r.tries++
		return media.Media{}, false, media.ErrUnavailable
	}
	return r.Repository.Move(ctx, id, when, c)
}

// TestSweepPostponesWhatItCantMove: a row that can't be changed is tried ever more rarely.
func TestSweepPostponesWhatItCantMove(t *testing.T) {
	for name, prepare := range map[string]func(*testing.T, *bench){
		"to failed": func(t *testing.T, b *bench) {
			b.create(t, input(png))
			b.turn(24 * time.Hour)
		},
		"to ready": func(t *testing.T, b *bench) {
			b.upload(t, b.create(t, input(png)), png)
			b.turn(24 * time.Hour)
		},
		"to its end": func(t *testing.T, b *bench) {
			b.failed(t)
			b.turn(7 * 24 * time.Hour)
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, media.Options{})
			prepare(t, b)
			rows := &stuck{Repository: b.rows}
			b.rows = rows
			b.again(t, media.Options{})
			for range 8 * 60 {
				if report, err := b.Sweep(t.Context()); (report.Failed == 1) != errors.Is(err, media.ErrUnavailable) {
					t.Fatalf("%+v, %v", report, err)
				}
				b.turn(time.Minute)
			}
			if rows.tries < 8+5 || rows.tries > 8+7 {
				t.Errorf("%d tries in 8 hours; want 13 to 15", rows.tries)
			}
		})
	}
}

// slow is a repository in which something happens before the next Move, once.
type slow struct {
	media.Repository
	before func()
}

func (r *slow) Move(ctx context.Context, id uuid.UUID, when media.When, c media.Change) (media.Media, bool, error) {
	if before := r.before; before != nil {
		r.before = nil
		before()
	}
	return r.Repository.Move(ctx, id, when, c)
}

// TestSweepMovesUnderItsLeaseAlone: what another sweep has taken on meanwhile is its own to
// decide about, even if it has not come to it yet.
func TestSweepMovesUnderItsLeaseAlone(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(*testing.T, *bench)
		later   media.SweepReport
	}{
		"a rescue": {
			func(t *testing.T, b *bench) {
				b.upload(t, b.create(t, input(png)), png)
				b.turn(24 * time.Hour)
			}, media.SweepReport{Finalized: 1},
		},
		"the end of a failed media": {
			func(t *testing.T, b *bench) {
				b.failed(t)
				b.turn(7 * 24 * time.Hour)
			}, media.SweepReport{Retired: 1, Cleaned: 1, Removed: 1},
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, media.Options{})
			c.prepare(t, b)
			rows := &slow{Repository: b.rows}
			b.rows = rows
			b.again(t, media.Options{})
			rows.before = func() {
				b.turn(2*time.Minute + time.Second)
				if _, err := b.rows.Claim(t.Context(), media.Claim{Now: b.now(), Lease: b.now().Add(time.Minute), Limit: 1}); err != nil {
					t.Fatal(err)
				}
			}
			b.sweepOnce(t, media.SweepReport{})
			b.turn(time.Minute)
			b.sweepOnce(t, c.later)
		})
	}
}
