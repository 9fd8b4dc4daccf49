package main

import (
	"context"
	"crypto/sha256"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/seed-f0df946f/mediakit/blob/memblob"
	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/storage/memory"
	"github.com/seed-f0df946f/mediakit/tags"
)

// slowBlobs is a store whose deletes wait for a test.
type slowBlobs struct {
	media.BlobStore
	delete func(ctx context.Context) error
}

// Delete implements [media.BlobStore].
func (b *slowBlobs) Delete(ctx context.Context, _ string) error { return b.delete(ctx) }

// countedTags is a repository that counts its recounts.
type countedTags struct {
	tags.Repository
	recounts atomic.Int64
}

// Recount implements [tags.Repository].
func (c *countedTags) Recount(_ context.Context, r tags.Recounting) (counted int, err error) {
	if c.recounts.Add(1) == 1 {
		return r.Limit, nil // there may be more
	}
	return 0, nil
}

// newSwept returns a service in which n media are past their time.
func newSwept(t *testing.T, n int, deleting func(context.Context) error) (svc *service, recounted *countedTags) {
	t.Helper()
	store := memory.New()
	mediaService, err := media.NewService(store.Media(), &slowBlobs{memblob.New(nil), deleting}, nil)
	if err != nil {
		t.Fatal(err)
	}
	recounted = &countedTags{Repository: store.Tags()}
	tagService, err := tags.NewService(recounted, nil)
	if err != nil {
		t.Fatal(err)
	}
	for range n {
		v, err := mediaService.Create(t.Context(), media.CreateInput{Filename: "a", ContentType: "image/gif", Size: 1, SHA256: sha256.Sum256(gif)})
		if err == nil {
			err = mediaService.Delete(t.Context(), v.ID)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return &service{
		media: mediaService, tags: tagService, vars: newVars(), close: func() error { return nil },
		health: &health{database: &check{ask: ok}, blobs: &check{ask: ok}},
	}, recounted
}

// TestSweepersShareTheWork has more media due than one sweep takes on, and a store that
// is slow to delete.
func TestSweepersShareTheWork(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var deleting, done atomic.Int64
		svc, recounted := newSwept(t, 401, func(context.Context) error {
			deleting.Add(1)
			<-time.After(100 * time.Millisecond)
			deleting.Add(-1)
			done.Add(1)
			return nil
		})
		ctx, cancel := context.WithCancel(t.Context())
		go svc.sweep(ctx, time.Minute, slog.New(slog.DiscardHandler))
		<-time.After(time.Minute + time.Millisecond)
		if deleting.Load() != sweepers {
			t.Errorf("%d sweeps delete at once; want %d", deleting.Load(), sweepers)
		}
		if recounted.recounts.Load() != 2 { // it goes on while there is more
			t.Errorf("recounted %d times beside the sweep; want 2", recounted.recounts.Load())
		}
		if age := svc.vars.ages.oldest(); age != 0 {
			t.Errorf("the age of the oldest is told before a sweep is over: %v", age)
		}
		<-time.After(30 * time.Second)
		if done.Load() != 401 {
			t.Errorf("%d of 401 objects are deleted within the minute", done.Load())
		}
		if age := svc.vars.ages.oldest(); age < 70*time.Second || age > 71*time.Second { // the last one waited for a hundred others to go
			t.Errorf("the oldest was due for %v; want 1m10s", age)
		}
		if !strings.Contains(svc.vars.requests.String(), `"oldest_due_s":7`) {
			t.Errorf("told: %s", &svc.vars.requests)
		}
		<-time.After(time.Minute)
		if age := svc.vars.ages.oldest(); age != 0 {
			t.Errorf("nothing is due, yet the oldest was for %v", age)
		}
		cancel()
	})
}

// TestTheAgeOfWhatIsStuck has a store that is away for two hours. What can't be deleted
// gets older all the time, also while it waits for another try.
func TestTheAgeOfWhatIsStuck(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var back atomic.Bool
		svc, _ := newSwept(t, 3, func(context.Context) error {
			if back.Load() {
				return nil
			}
			return errAway
		})
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		go svc.sweep(ctx, time.Second, slog.New(slog.DiscardHandler))
		<-time.After(2 * time.Second)
		for range 2 * 60 * 6 {
			age := svc.vars.ages.oldest()
			<-time.After(10 * time.Second)
			if grown := svc.vars.ages.oldest() - age; grown < 9*time.Second || grown > 11*time.Second {
				t.Fatalf("after %v it has grown by %v in 10s", age, grown)
			}
		}
		synctest.Wait()
		if kept := len(svc.vars.ages.stuck); kept > sweepers {
			t.Errorf("it remembers %d times that something was stuck", kept)
		}
		back.Store(true)
		<-time.After(time.Hour + 3*time.Minute)
		if age := svc.vars.ages.oldest(); age != 0 {
			t.Errorf("all is done, yet the oldest is due for %v", age)
		}
	})
}

// TestWhatIsStuckIsForgotten: what was stuck counts until its next try is over, and is
// dropped once something else is stuck.
func TestWhatIsStuckIsForgotten(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var ages sweepAges
		ages.tell(0, media.SweepReport{Failed: 1, OldestDue: 3 * time.Hour, OldestFailed: 2 * time.Hour}, time.Second)
		ages.tell(0, media.SweepReport{}, time.Second)
		<-time.After(time.Hour + 2*time.Minute) // an hour is the longest that it waits for a try
		if age := ages.oldest(); age != 3*time.Hour+2*time.Minute {
			t.Errorf("it is due for %v; want 3h2m", age)
		}
		<-time.After(2 * time.Second)
		if age := ages.oldest(); age != 0 {
			t.Errorf("it is told for too long: %v", age)
		}
		ages.tell(1, media.SweepReport{Failed: 1, OldestFailed: time.Second}, time.Second)
		<-time.After(3 * time.Minute)
		if age := ages.oldest(); age != 3*time.Minute+time.Second || len(ages.stuck) != 1 {
			t.Errorf("another is due for %v, of %d; want 3m1s", age, len(ages.stuck))
		}
	})
}

func TestSweepTurnedOff(t *testing.T) {
	svc, recounted := newSwept(t, 1, func(context.Context) error {
		t.Error("it sweeps")
		return nil
	})
	if svc.sweep(t.Context(), 0, slog.New(slog.DiscardHandler)); recounted.recounts.Load() != 0 {
		t.Error("it recounts")
	}
}

// TestEndAmidASweep has the service end while a delete takes a minute: the stores are
// closed after it, and nothing is told to have gone wrong.
func TestEndAmidASweep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var deleting, closed atomic.Bool
		svc, _ := newSwept(t, 1, func(ctx context.Context) error {
			deleting.Store(true)
			defer deleting.Store(false)
			<-ctx.Done()
			<-time.After(time.Minute)
			return ctx.Err()
		})
		svc.close = func() error {
			closed.Store(true)
			if deleting.Load() {
				t.Error("the stores are closed under a sweep that runs")
			}
			return nil
		}
		var log lockedBuffer
		ctx, cancel := context.WithCancel(t.Context())
		ended := make(chan error)
		go func() { ended <- svc.run(ctx, nil, time.Second, usualPace, slog.New(slog.NewTextHandler(&log, nil))) }()
		<-time.After(2 * time.Second)
		if !deleting.Load() {
			t.Fatal("no sweep runs")
		}
		cancel()
		if err := <-ended; err != nil || !closed.Load() {
			t.Errorf("it ended with %v, stores closed: %v", err, closed.Load())
		}
		if strings.Contains(log.String(), "level=ERROR") {
			t.Errorf("the log: %s", &log)
		}
	})
}

// TestSweepTellsErrors has a store that fails: the log tells of it, and the sweep goes on.
func TestSweepTellsErrors(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var log lockedBuffer
		svc, _ := newSwept(t, 1, func(context.Context) error { return errAway })
		ctx, cancel := context.WithCancel(t.Context())
		go svc.sweep(ctx, time.Second, slog.New(slog.NewTextHandler(&log, nil)))
		<-time.After(5 * time.Minute)
		cancel()
		if told := strings.Count(log.String(), "msg=sweep"); told < 2 {
			t.Errorf("told %d times: %s", told, &log)
		}
	})
}
