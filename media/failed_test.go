package media_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/seed-f0df946f/mediakit/media"
)

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
