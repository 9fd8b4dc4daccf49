package media_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/seed-f0df946f/mediakit/media"
)

// TestSweepRescues: whatever a client's last request was, the sweep does the rest.
func TestSweepRescues(t *testing.T) {
	wrong := append(bytes.Clone(png[:len(png)-1]), 1)
	for name, c := range map[string]struct {
		last  func(*testing.T, *bench, media.View) // what the client did before it died
		want  media.SweepReport
		state media.State
		why   media.Failure
	}{
		"create": {
			func(*testing.T, *bench, media.View) {},
			media.SweepReport{Expired: 1, Cleaned: 1}, media.StateFailed, media.FailureExpired,
		},
		"upload": {
			func(t *testing.T, b *bench, v media.View) { b.upload(t, v, png) },
			media.SweepReport{Finalized: 1}, media.StateReady, "",
		},
		"finalize, while the store was away": {
			func(t *testing.T, b *bench, v media.View) {
				b.upload(t, v, png)
				b.store.after = func() error { return media.ErrUnavailable }
				if _, err := b.Finalize(t.Context(), v.ID); !errors.Is(err, media.ErrUnavailable) {
					t.Errorf("finalize: %v; want ErrUnavailable", err)
				}
			},
			media.SweepReport{Finalized: 1}, media.StateReady, "",
		},
		"finalize": {
			func(t *testing.T, b *bench, v media.View) {
				b.upload(t, v, png)
				if _, err := b.Finalize(t.Context(), v.ID); err != nil {
					t.Error(err)
				}
			},
			media.SweepReport{}, media.StateReady, "",
		},
		"upload of other bytes": {
			func(_ *testing.T, b *bench, v media.View) {
				b.blobs.Plant(v.ObjectKey, media.Info{ContentType: "image/png"}, wrong)
			},
			media.SweepReport{Rejected: 1, Cleaned: 1}, media.StateFailed, media.FailureSHA256,
		},
		"upload with other headers": {
			func(_ *testing.T, b *bench, v media.View) {
				b.blobs.Plant(v.ObjectKey, media.Info{ContentType: "image/png", Unexpected: []string{"expires"}}, png)
			},
			media.SweepReport{Rejected: 1, Cleaned: 1}, media.StateFailed, media.FailureHeaders,
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, media.Options{})
			v := b.create(t, input(png))
			c.last(t, b, v)
			b.turn(24 * time.Hour)
			b.sweepOnce(t, c.want)
			b.is(t, v, c.state, c.why)
			b.stored(t, v, c.state == media.StateReady)
			got, err := b.Get(t.Context(), v.ID, media.GetOptions{})
			if err != nil || (got.SHA256Status == media.SHA256Mismatch) != (c.why == media.FailureSHA256) || got.ReadyAt.IsZero() != (c.state != media.StateReady) {
				t.Errorf("its sha256 is %s, it was ready at %v, %v", got.SHA256Status, got.ReadyAt, err)
			}
		})
	}
}

// TestSweepRescuesLater: a store that is away decides nothing, for however long.
func TestSweepRescuesLater(t *testing.T) {
	b := newBench(t, media.Options{})
	v, empty := b.create(t, input(png)), b.create(t, input(png))
	b.upload(t, v, png)
	b.turn(24 * time.Hour)
	tries := 0
	for range 100 {
		away := func() error { tries++; return media.ErrUnavailable }
		b.store.after = func() error { b.store.after = away; return away() }
		if _, err := b.Sweep(t.Context()); err != nil && !errors.Is(err, media.ErrUnavailable) {
			t.Fatal(err)
		}
		b.store.after = nil
		b.is(t, v, media.StatePending, "")
		b.is(t, empty, media.StatePending, "")
		b.turn(time.Minute)
	}
	if tries < 12 || tries > 20 {
		t.Errorf("%d tries of two media in 100 minutes; want ever rarer ones, 12 to 20", tries)
	}
	b.turn(time.Hour)
	b.sweepOnce(t, media.SweepReport{Finalized: 1, Expired: 1, Cleaned: 1})
	b.is(t, v, media.StateReady, "")
}

// TestSweepTakesNoMissingEvidenceForAMatch: what can't be proved stays pending.
func TestSweepTakesNoMissingEvidenceForAMatch(t *testing.T) {
	b := newBench(t, media.Options{})
	large := append(bytes.Clone(png), make([]byte, 65<<20)...)
	v := b.create(t, input(large))
	b.blobs.Plant(v.ObjectKey, media.Info{ContentType: "image/png"}, large)
	b.turn(24 * time.Hour)
	if report, err := b.Sweep(t.Context()); !errors.Is(err, media.ErrStoreMisconfigured) || report.Failed != 1 {
		t.Errorf("%+v, %v; want ErrStoreMisconfigured", report, err)
	}
	b.is(t, v, media.StatePending, "")
	b.stored(t, v, true)
}

// TestSweepRacedAtEachMoment: while a sweep looks into the store, others decide.
func TestSweepRacedAtEachMoment(t *testing.T) {
	for name, c := range map[string]struct {
		uploaded bool
		then     func(*testing.T, *bench, media.View) // behind the sweep's look at the store
		want     media.SweepReport
		after    func(*testing.T, *bench, media.View)
	}{
		"the client finalizes": {
			true, func(t *testing.T, b *bench, v media.View) {
				if _, err := b.Finalize(t.Context(), v.ID); err != nil {
					t.Error(err)
				}
			},
			media.SweepReport{}, func(t *testing.T, b *bench, v media.View) { b.is(t, v, media.StateReady, "") },
		},
		"the client finalizes in vain": {
			false, func(t *testing.T, b *bench, v media.View) {
				if _, err := b.Finalize(t.Context(), v.ID); !errors.Is(err, media.ErrUploadExpired) {
					t.Errorf("finalize: %v; want ErrUploadExpired", err)
				}
			},
			media.SweepReport{}, func(t *testing.T, b *bench, v media.View) { b.is(t, v, media.StateFailed, media.FailureExpired) },
		},
		"it is deleted": {
			true, func(t *testing.T, b *bench, v media.View) { b.delete(t, v.ID) },
			media.SweepReport{}, func(t *testing.T, b *bench, v media.View) {
				b.stored(t, v, true) // the bytes go with the purge
				b.sweepOnce(t, media.SweepReport{Cleaned: 1})
				b.stored(t, v, false)
			},
		},
		"it is deleted and purged": {
			true, func(t *testing.T, b *bench, v media.View) {
				b.delete(t, v.ID)
				if err := b.Purge(t.Context(), v.ID); err != nil {
					t.Error(err)
				}
			},
			media.SweepReport{}, func(t *testing.T, b *bench, v media.View) { b.stored(t, v, false) },
		},
		"the bytes arrive": {
			false, func(_ *testing.T, b *bench, v media.View) {
				b.turn(3 * time.Minute) // the lease is over, and nobody else has taken the media on
				b.blobs.Plant(v.ObjectKey, media.Info{ContentType: "image/png"}, png)
			},
			media.SweepReport{}, func(t *testing.T, b *bench, v media.View) {
				b.is(t, v, media.StatePending, "")
				b.sweepOnce(t, media.SweepReport{Finalized: 1})
			},
		},
		"another sweep takes over": {
			true, func(t *testing.T, b *bench, v media.View) {
				b.turn(2*time.Minute + time.Second)
				b.sweepOnce(t, media.SweepReport{Finalized: 1})
			},
			media.SweepReport{}, func(t *testing.T, b *bench, v media.View) { b.is(t, v, media.StateReady, "") },
		},
		"another sweep holds the lease": {
			true, func(t *testing.T, b *bench, v media.View) {
				b.turn(2*time.Minute + time.Second)
				b.store.after = func() error { return media.ErrUnavailable }
				if _, err := b.Sweep(t.Context()); !errors.Is(err, media.ErrUnavailable) {
					t.Errorf("the second sweep: %v; want ErrUnavailable", err)
				}
			},
			media.SweepReport{}, func(t *testing.T, b *bench, v media.View) {
				b.is(t, v, media.StatePending, "")
				b.turn(time.Hour)
				b.sweepOnce(t, media.SweepReport{Finalized: 1})
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, media.Options{})
			v := b.create(t, input(png))
			if c.uploaded {
				b.upload(t, v, png)
			}
			b.turn(24 * time.Hour)
			b.store.after = func() error { c.then(t, b, v); return nil }
			b.sweepOnce(t, c.want)
			c.after(t, b, v)
		})
	}
}

// TestFinalizeNeverExpiresEarly: the row says when its time is up, not what a caller read.
func TestFinalizeNeverExpiresEarly(t *testing.T) {
	b := newBench(t, media.Options{})
	v := b.create(t, input(png))
	b.turn(24*time.Hour - time.Microsecond)
	if _, err := b.Finalize(t.Context(), v.ID); !errors.Is(err, media.ErrUploadIncomplete) {
		t.Errorf("just before: %v; want ErrUploadIncomplete", err)
	}
	b.is(t, v, media.StatePending, "")
	b.turn(time.Microsecond)
	if _, err := b.Finalize(t.Context(), v.ID); !errors.Is(err, media.ErrUploadExpired) {
		t.Errorf("then: %v; want ErrUploadExpired", err)
	}
}

// failed returns a media that has just been rejected, and cleaned.
func (b *bench) failed(t *testing.T) media.View {
	t.Helper()
	v := b.create(t, input(png))
	b.blobs.Plant(v.ObjectKey, media.Info{ContentType: "text/html"}, png)
	if _, err := b.Finalize(t.Context(), v.ID); !errors.Is(err, media.ErrUploadRejected) {
		t.Fatalf("finalize: %v; want ErrUploadRejected", err)
	}
	return v
}

func (b *bench) gone(t *testing.T, v media.View) {
	t.Helper()
	if _, err := b.Get(t.Context(), v.ID, media.GetOptions{}); !errors.Is(err, media.ErrNotFound) {
		t.Errorf("get: %v; want ErrNotFound", err)
	}
	items, _, err := b.List(t.Context(), media.ListInput{})
	if err != nil || len(items) != 0 {
		t.Errorf("listed are %d, %v; want none", len(items), err)
	}
}

func TestFailedMediaGo(t *testing.T) {
	const day, instant = 24 * time.Hour, time.Microsecond
	t.Run("after FailedTTL, from when they failed", func(t *testing.T) {
		b := newBench(t, media.Options{})
		v := b.create(t, input(png))
		b.turn(3 * day)
		b.sweepOnce(t, media.SweepReport{Expired: 1, Cleaned: 1})
		b.turn(sweepEnd)
		b.sweepOnce(t, media.SweepReport{Cleaned: 1})
		b.turn(7*day - sweepEnd - instant)
		b.sweepOnce(t, media.SweepReport{})
		b.is(t, v, media.StateFailed, media.FailureExpired)
		b.turn(instant)
		b.blobs.Plant(v.ObjectKey, media.Info{}, png) // by whatever way it came
		b.sweepOnce(t, media.SweepReport{Retired: 1, Cleaned: 1, Removed: 1})
		b.gone(t, v)
		b.stored(t, v, false)
		b.turn(999 * day)
		b.sweepOnce(t, media.SweepReport{})
	})
	t.Run("sooner than no URL can write, and their rows then", func(t *testing.T) {
		b := newBench(t, media.Options{FailedTTL: 10 * time.Minute})
		v := b.failed(t)
		b.turn(10*time.Minute - instant)
		b.sweepOnce(t, media.SweepReport{})
		b.turn(instant)
		b.sweepOnce(t, media.SweepReport{Retired: 1, Cleaned: 1})
		b.gone(t, v)
		b.upload(t, v, png) // its URL still lives
		b.turn(70*time.Minute - instant)
		b.sweepOnce(t, media.SweepReport{})
		b.turn(instant)
		b.sweepOnce(t, media.SweepReport{Cleaned: 1, Removed: 1})
		b.stored(t, v, false)
	})
	t.Run("never, with a negative FailedTTL", func(t *testing.T) {
		b := newBench(t, media.Options{FailedTTL: -1})
		v := b.failed(t)
		b.turn(sweepEnd)
		b.sweepOnce(t, media.SweepReport{Cleaned: 1})
		for range 52 {
			b.turn(7*day - instant)
			b.sweepOnce(t, media.SweepReport{})
			b.turn(instant)
			b.sweepOnce(t, media.SweepReport{Cleaned: 1}) // the setting may have changed
		}
		b.is(t, v, media.StateFailed, media.FailureType)
	})
	t.Run("by the setting of now", func(t *testing.T) {
		b := newBench(t, media.Options{FailedTTL: -1})
		v := b.failed(t)
		b.turn(sweepEnd)
		b.sweepOnce(t, media.SweepReport{Cleaned: 1})
		b.again(t, media.Options{FailedTTL: 30 * day})
		b.turn(7 * day)
		b.sweepOnce(t, media.SweepReport{Cleaned: 1})
		b.is(t, v, media.StateFailed, media.FailureType)
		b.turn(23*day - sweepEnd)
		b.sweepOnce(t, media.SweepReport{Retired: 1, Cleaned: 1, Removed: 1})
	})
	t.Run("a little later if they were edited, but no later than that", func(t *testing.T) {
		b := newBench(t, media.Options{})
		v := b.failed(t)
		b.turn(sweepEnd)
		b.sweepOnce(t, media.SweepReport{Cleaned: 1})
		name := "b.png"
		for range 6 {
			b.turn(day)
			if _, err := b.Update(t.Context(), v.ID, media.UpdateInput{Filename: &name}); err != nil {
				t.Fatal(err)
			}
		}
		b.turn(day - sweepEnd)
		b.sweepOnce(t, media.SweepReport{Cleaned: 1})
		b.is(t, v, media.StateFailed, media.FailureType)
		b.turn(80 * time.Minute)
		b.sweepOnce(t, media.SweepReport{Retired: 1, Cleaned: 1, Removed: 1})
	})
	t.Run("once, whoever else deletes them", func(t *testing.T) {
		b := newBench(t, media.Options{})
		v := b.failed(t)
		b.turn(7 * day)
		b.store.set(func(context.Context, string) error { // the tombstone stands
			if err := b.Delete(t.Context(), v.ID); !errors.Is(err, media.ErrNotFound) {
				t.Errorf("delete: %v; want ErrNotFound", err)
			}
			return media.ErrUnavailable
		})
		if report, err := b.Sweep(t.Context()); report.Retired != 1 || report.Failed != 1 || !errors.Is(err, media.ErrUnavailable) {
			t.Errorf("%+v, %v", report, err)
		}
		b.store.set(nil)
		b.turn(time.Minute)
		b.sweepOnce(t, media.SweepReport{Cleaned: 1, Removed: 1})
	})
}

// TestSweepTellsTheOldest: how long what was due first has waited, in whatever state.
func TestSweepTellsTheOldest(t *testing.T) {
	b := newBench(t, media.Options{PendingTTL: time.Hour})
	oldest := func(want time.Duration) {
		t.Helper()
		if report, _ := b.Sweep(t.Context()); report.OldestDue != want {
			t.Errorf("the oldest was due for %v; want %v", report.OldestDue, want)
		}
	}
	oldest(0)
	b.create(t, input(png))
	b.turn(time.Minute)
	b.create(t, input(png))
	oldest(0)
	b.turn(62 * time.Minute)
	b.store.after = func() error { return media.ErrUnavailable }
	oldest(3 * time.Minute)
	b.turn(5 * time.Minute)
	oldest(2 * time.Minute) // of the first, which was to be tried again after 3 minutes
	b.turn(80*time.Minute - time.Second)
	oldest(5*time.Minute - time.Second) // of the last delete of the second's object
}
