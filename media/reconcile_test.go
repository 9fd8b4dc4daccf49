package media_test

import (
	"bytes"
	"context"
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/media"
)

// reconcile walks to the end and returns what was found: of each media the problem
// and what differs, and the unknown objects' keys.
func (b *bench) reconcile(t *testing.T) (map[uuid.UUID]string, []string) {
	t.Helper()
	found, unknown := map[uuid.UUID]string{}, []string(nil)
	for f, err := range b.Reconcile(t.Context(), media.ReconcileOptions{}) {
		switch {
		case err != nil:
			t.Fatal(err)
		case f.Problem == media.ProblemUnknown:
			unknown = append(unknown, f.Object.Key)
		default:
			found[f.MediaID] = string(f.Problem + " " + media.Problem(f.Differs))
		}
	}
	return found, unknown
}

func TestReconcileReady(t *testing.T) {
	b := newBench(t, media.Options{})
	other := append(bytes.Clone(png[:len(png)-1]), 1)
	want := map[uuid.UUID]string{}
	b.ready(t)
	for problem, spoil := range map[string]func(key string){
		"missing-object ":              func(key string) { _ = b.blobs.Delete(t.Context(), key) },
		"object-differs size-mismatch": func(key string) { b.blobs.Plant(key, media.Info{ContentType: "image/png"}, png[1:]) },
		"object-differs type-mismatch": func(key string) { b.blobs.Plant(key, media.Info{ContentType: "text/html"}, png) },
		"object-differs unexpected-headers": func(key string) {
			b.blobs.Plant(key, media.Info{ContentType: "image/png", Unexpected: []string{"x"}}, png)
		},
		"object-differs sha256-mismatch": func(key string) {
			b.blobs.Plant(key, media.Info{ContentType: "image/png", SHA256: media.Digest{1}}, other)
		},
		"": func(key string) { b.blobs.Plant(key, media.Info{ContentType: "image/png"}, png) }, // no sha256 known
	} {
		v := b.ready(t)
		spoil(v.ObjectKey)
		if problem != "" {
			want[v.ID] = problem
		}
	}
	for range 2 { // the first changed nothing
		found, unknown := b.reconcile(t)
		if diff := cmp.Diff(want, found); diff != "" || unknown != nil {
			t.Errorf("unknown %v, findings (-want +got):\n%s", unknown, diff)
		}
	}
}

func TestReconcileUnknown(t *testing.T) {
	b := newBench(t, media.Options{KeyPrefix: "a/media"})
	plant := func(key string) string {
		b.blobs.Plant(key, media.Info{ContentType: "image/png"}, png)
		return key
	}
	plant(b.create(t, input(png)).ObjectKey) // pending, until the sweep finalizes it
	spent := b.create(t, input(png))
	b.turn(time.Millisecond) // so that keys ascend
	deleted := b.ready(t)
	b.turn(24 * time.Hour)
	b.sweepOnce(t, media.SweepReport{Finalized: 1, Expired: 1, Cleaned: 1})
	b.turn(sweepEnd)
	b.sweepOnce(t, media.SweepReport{Cleaned: 1})
	expired := b.create(t, input(png)) // failed, and still to be swept
	b.turn(24 * time.Hour)
	if _, err := b.Finalize(t.Context(), expired.ID); !errors.Is(err, media.ErrUploadExpired) {
		t.Fatal(err)
	}
	plant(expired.ObjectKey)
	ready := b.ready(t)
	want := []string{
		plant("a/media/0"), plant(spent.ObjectKey), deleted.ObjectKey,
		plant("a/media/" + ready.ID.String() + "-"),
		plant("a/media/" + ready.ID.String() + "/0"),
		plant("a/media/" + ready.ID.String() + "/g"),
		plant("a/media/zzz"),
	}
	plant("a/mediaz")
	plant("b/media/0")
	if found, unknown := b.reconcile(t); len(found)+len(unknown) > 0 {
		t.Errorf("found %v, unknown %v; want nothing: all is young", found, unknown)
	}

	b.delete(t, deleted.ID)
	b.turn(24*time.Hour + time.Second)
	plant("a/media/young")
	found, unknown := b.reconcile(t)
	if diff := cmp.Diff(want, unknown); diff != "" || len(found) > 0 {
		t.Errorf("found %v, unknown (-want +got):\n%s", found, diff)
	}
	if _, err := b.Sweep(t.Context()); err != nil {
		t.Fatal(err)
	}
	if _, unknown := b.reconcile(t); len(unknown) != len(want)-1 {
		t.Errorf("unknown after the sweep: %v; want one less", unknown)
	}
}

// TestReconcilePages: more than a page on either side, out of step with each other.
func TestReconcilePages(t *testing.T) {
	b := newBench(t, media.Options{})
	var want []string
	for i := range 2500 {
		v := b.create(t, input(png))
		if i%10 != 0 {
			b.blobs.Plant(v.ObjectKey, media.Info{ContentType: "image/png"}, png)
		}
		if i%7 == 0 {
			b.delete(t, v.ID)
			if i%10 != 0 {
				want = append(want, v.ObjectKey)
			}
		}
		b.turn(time.Millisecond) // so that keys ascend
	}
	b.turn(25 * time.Hour)
	found, unknown := b.reconcile(t)
	if diff := cmp.Diff(want, unknown); diff != "" || len(found) > 0 {
		t.Errorf("found %v, unknown (-want +got):\n%s", found, diff)
	}
	n := 0
	for range b.Reconcile(t.Context(), media.ReconcileOptions{}) {
		if n++; n == 3 {
			break
		}
	}
}

// TestReconcileWhileDeleting: what is deleted and swept behind the walk's back is no
// finding, on whichever side the walk has seen it.
func TestReconcileWhileDeleting(t *testing.T) {
	b := newBench(t, media.Options{})
	first := b.ready(t)
	b.turn(time.Millisecond) // so that keys ascend
	gone, purged := b.ready(t), b.ready(t)
	_ = b.blobs.Delete(t.Context(), first.ObjectKey)
	b.blobs.Plant("media/0", media.Info{}, png)
	b.blobs.Plant("media/0/0", media.Info{}, png)
	b.turn(48 * time.Hour)
	n := 0
	for f, err := range b.Reconcile(t.Context(), media.ReconcileOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		switch n++; n {
		case 1: // both pages were read
			_ = b.blobs.Delete(t.Context(), "media/0/0")
			for _, v := range []media.View{gone, purged} {
				b.delete(t, v.ID)
				if err := b.Purge(t.Context(), v.ID); err != nil {
					t.Fatal(err)
				}
			}
		case 2:
			if f.MediaID != first.ID || f.Problem != media.ProblemMissing {
				t.Errorf("found %+v; want the object of %v missing", f, first.ID)
			}
		default:
			t.Errorf("found %+v; it was deleted", f)
		}
	}
	if n != 2 {
		t.Errorf("%d findings; want 2", n)
	}
}

func TestReconcileEndsWithAnError(t *testing.T) {
	b := newBench(t, media.Options{})
	b.ready(t)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	n := 0
	for f, err := range b.Reconcile(ctx, media.ReconcileOptions{}) {
		if n++; !errors.Is(err, context.Canceled) || f != (media.Finding{}) {
			t.Errorf("%+v, %v; want Canceled alone", f, err)
		}
	}
	if n != 1 {
		t.Errorf("%d rounds; want 1", n)
	}
}

// TestReconcilePassesUnreadableObjects: an object that the store fails to describe is a
// finding, and hides nothing behind it.
func TestReconcilePassesUnreadableObjects(t *testing.T) {
	b := newBench(t, media.Options{})
	bad := errors.New("a bad sector")
	unreadable := map[string]bool{}
	b.store.unread = func(key string) error {
		if unreadable[key] {
			return bad
		}
		return nil
	}
	var want []media.Finding
	spoil := func(id uuid.UUID, key string) {
		unreadable[key] = true
		want = append(want, media.Finding{Problem: media.ProblemUnreadable, MediaID: id, Object: media.Object{Key: key}, Err: bad})
	}
	for range 2 { // with a good one between, so that they aren't too many in a row
		for range 9 {
			v := b.ready(t)
			spoil(v.ID, v.ObjectKey)
			b.turn(time.Millisecond) // so that keys ascend
		}
		b.ready(t)
		b.turn(time.Millisecond)
	}
	missing := b.ready(t)
	_ = b.blobs.Delete(t.Context(), missing.ObjectKey)
	want = append(want, media.Finding{Problem: media.ProblemMissing, MediaID: missing.ID, Object: media.Object{Key: missing.ObjectKey}})
	b.blobs.Plant("media/zzz", media.Info{}, png)
	spoil(uuid.Nil, "media/zzz")
	b.turn(25 * time.Hour)

	var got []media.Finding
	for f, err := range b.Reconcile(t.Context(), media.ReconcileOptions{}) {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, f)
	}
	if diff := cmp.Diff(want, got, cmpopts.EquateErrors()); diff != "" {
		t.Errorf("findings (-want +got):\n%s", diff)
	}
}

// TestReconcileEndsIfTheStoreIsAway: no object in a row of ten can be described.
func TestReconcileEndsIfTheStoreIsAway(t *testing.T) {
	b := newBench(t, media.Options{})
	for range 20 {
		b.ready(t)
	}
	b.store.unread = func(string) error { return media.ErrUnavailable }
	findings, errs := 0, 0
	for f, err := range b.Reconcile(t.Context(), media.ReconcileOptions{}) {
		switch {
		case err == nil && f.Problem == media.ProblemUnreadable && errs == 0:
			findings++
		case errors.Is(err, media.ErrUnavailable) && f == (media.Finding{}):
			errs++
		default:
			t.Errorf("%+v, %v", f, err)
		}
	}
	if findings != 9 || errs != 1 {
		t.Errorf("%d findings and %d errors; want 9, and then 1", findings, errs)
	}
}
