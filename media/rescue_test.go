package media_test

import (
	"bytes"
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
		"a minute passes": {
			false, func(_ *testing.T, b *bench, _ media.View) { b.turn(time.Minute) },
			media.SweepReport{}, func(t *testing.T, b *bench, v media.View) {
				b.is(t, v, media.StatePending, "")
				b.sweepOnce(t, media.SweepReport{}) // the lease still stands
				b.turn(time.Minute + time.Second)
				b.sweepOnce(t, media.SweepReport{Expired: 1, Cleaned: 1})
			},
		},
		"almost a minute passes": {
			false, func(_ *testing.T, b *bench, _ media.View) { b.turn(time.Minute - time.Microsecond) },
			media.SweepReport{Expired: 1, Cleaned: 1}, func(t *testing.T, b *bench, v media.View) {
				b.is(t, v, media.StateFailed, media.FailureExpired)
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

// TestSweepTellsTheOldest: how long what is longest due has waited, in whatever state and
// however often it was tried.
func TestSweepTellsTheOldest(t *testing.T) {
	b := newBench(t, media.Options{PendingTTL: time.Hour})
	oldest := func(due, failed time.Duration) {
		t.Helper()
		if report, _ := b.Sweep(t.Context()); report.OldestDue != due || report.OldestFailed != failed {
			t.Errorf("the oldest was due for %v, of the failed for %v; want %v and %v", report.OldestDue, report.OldestFailed, due, failed)
		}
	}
	away := func() { b.store.after = func() error { return media.ErrUnavailable } }
	oldest(0, 0)
	b.create(t, input(png))
	b.turn(time.Minute)
	b.create(t, input(png))
	oldest(0, 0)
	b.turn(62 * time.Minute)
	away()
	oldest(3*time.Minute, 3*time.Minute)
	oldest(0, 0)
	b.turn(5 * time.Minute)
	away()
	oldest(8*time.Minute, 8*time.Minute) // it was tried 5 minutes ago
	b.turn(8 * time.Minute)
	oldest(16*time.Minute, 0)
	b.turn(72*time.Minute - time.Second)
	oldest(5*time.Minute-time.Second, 0) // of the last delete of the second's object
}

// TestSweepLooksAtTheKept: a failed media that is kept for good comes due every week.
// Nothing has waited for so long then.
func TestSweepLooksAtTheKept(t *testing.T) {
	b := newBench(t, media.Options{FailedTTL: -1})
	b.create(t, input(png))
	b.turn(24 * time.Hour)
	b.sweepOnce(t, media.SweepReport{Expired: 1, Cleaned: 1})
	b.turn(2 * time.Hour)
	b.sweepOnce(t, media.SweepReport{Cleaned: 1})
	b.turn(7*24*time.Hour + time.Second)
	if report, err := b.Sweep(t.Context()); err != nil || report.Cleaned != 1 || report.OldestDue != time.Second {
		t.Errorf("%+v, %v; want one that was due for a second", report, err)
	}
}

// TestFinalizeDecidesByALookInTime: a look at the store from before a media's time was up
// doesn't make it expire, however late the call goes on. Its bytes may have come since.
func TestFinalizeDecidesByALookInTime(t *testing.T) {
	for name, wait := range map[string]time.Duration{"at once": 0, "after a minute": time.Minute, "after an hour": time.Hour} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, media.Options{})
			v := b.create(t, input(png))
			b.turn(24*time.Hour - time.Microsecond)
			b.store.after = func() error {
				b.blobs.Plant(v.ObjectKey, media.Info{ContentType: "image/png"}, png)
				b.turn(time.Microsecond + wait)
				return nil
			}
			if _, err := b.Finalize(t.Context(), v.ID); !errors.Is(err, media.ErrUploadIncomplete) {
				t.Errorf("finalize: %v; want ErrUploadIncomplete", err)
			}
			if got, err := b.Finalize(t.Context(), v.ID); err != nil || got.State != media.StateReady {
				t.Errorf("finalize again: %s, %v; want it ready", got.State, err)
			}
		})
	}
}
