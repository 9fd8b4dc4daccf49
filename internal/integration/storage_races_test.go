package integration_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/migrations"
	"github.com/seed-f0df946f/mediakit/storage"
	"github.com/seed-f0df946f/mediakit/storage/storagetest"
	"github.com/seed-f0df946f/mediakit/tags"
)

// overtaken runs first in a transaction, begins second beside it, and commits when second
// waits for it. It returns what second did.
func overtaken(t *testing.T, store *storage.Store, first func(context.Context, *storage.Store) error, second func(context.Context) error) error {
	t.Helper()
	done := make(chan error, 1)
	err := store.InTx(t.Context(), func(ctx context.Context, s *storage.Store) error {
		if err := first(ctx, s); err != nil {
			return err
		}
		go func() { done <- second(t.Context()) }()
		waitForLock(t, store.DB().DB)
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return <-done
}

func carried(t *testing.T, store *storage.Store, id uuid.UUID) (names []string) {
	t.Helper()
	m, err := store.Media().Get(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	for _, tag := range m.Tags {
		names = append(names, tag.Name)
	}
	return names
}

// Who took up a tag before it was merged or deleted keeps none of it, or what it became.
func TestTagsEndBesideWriters(t *testing.T) {
	t.Parallel()
	at := time.Now().UTC().Truncate(time.Microsecond)
	for name, write := range map[string]func(context.Context, *storage.Store, uuid.UUID) (uuid.UUID, error){
		"a create": func(ctx context.Context, s *storage.Store, _ uuid.UUID) (uuid.UUID, error) {
			m, _, err := s.Media().Create(ctx, storagetest.Draft("from"))
			return m.ID, err
		},
		"a retag": func(ctx context.Context, s *storage.Store, id uuid.UUID) (uuid.UUID, error) {
			_, err := s.Media().Retag(ctx, []uuid.UUID{id}, storagetest.Draft("from").Tags, nil, at)
			return id, err
		},
		"an update": func(ctx context.Context, s *storage.Store, id uuid.UUID) (uuid.UUID, error) {
			set := storagetest.Draft("from").Tags
			_, err := s.Media().Update(ctx, id, media.Patch{Tags: &set, At: at}, 0)
			return id, err
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := openStore(t, newPostgres(t), &patient)
			ends := create(t, store, storagetest.Draft("from", "into")).Tags
			plain := create(t, store, storagetest.Draft()).ID
			var written uuid.UUID
			first := func(ctx context.Context, s *storage.Store) (err error) {
				written, err = write(ctx, s, plain)
				return err
			}
			merge := func(ctx context.Context) error {
				_, err := store.Tags().Merge(ctx, ends[0].ID, ends[1].ID, at)
				return err
			}
			if err := overtaken(t, store, first, merge); err != nil {
				t.Fatal(err)
			}
			if got := carried(t, store, written); !slices.Equal(got, []string{"into"}) {
				t.Errorf("after the merge it carries %v; want into", got)
			}
		})
	}
}

// A change of tags is made to the tags that a media has by then, not to those it had.
func TestRetagSeesWhatItWaitedFor(t *testing.T) {
	t.Parallel()
	at := time.Now().UTC().Truncate(time.Microsecond)
	var full []string
	for i := range media.MaxTags - 1 {
		full = append(full, fmt.Sprintf("tag %02d", i))
	}
	set := storagetest.Draft("b").Tags
	retag := func(id uuid.UUID, add []tags.Tag, remove ...string) func(context.Context, *storage.Store) error {
		return func(ctx context.Context, s *storage.Store) error {
			_, err := s.Media().Retag(ctx, []uuid.UUID{id}, add, remove, at)
			return err
		}
	}
	update := func(id uuid.UUID, version int) func(context.Context, *storage.Store) error {
		return func(ctx context.Context, s *storage.Store) error {
			_, err := s.Media().Update(ctx, id, media.Patch{Tags: &set, At: at}, version)
			return err
		}
	}
	for name, c := range map[string]struct {
		has    []string
		second func(id uuid.UUID) func(context.Context, *storage.Store) error
		want   error
		left   int // of the tags; one of them is x, which the first adds
		x      bool
	}{
		"both add, one too many": {full, func(id uuid.UUID) func(context.Context, *storage.Store) error {
			return retag(id, storagetest.Draft("y").Tags)
		}, media.ErrTooManyTags, media.MaxTags, true},
		"both add the same": {full, func(id uuid.UUID) func(context.Context, *storage.Store) error {
			return retag(id, storagetest.Draft("x").Tags)
		}, nil, media.MaxTags, true},
		"the second removes what the first adds": {[]string{"a"}, func(id uuid.UUID) func(context.Context, *storage.Store) error {
			return retag(id, nil, "x")
		}, nil, 1, false},
		"the second replaces all": {[]string{"a"}, func(id uuid.UUID) func(context.Context, *storage.Store) error {
			return update(id, 0)
		}, nil, 1, false},
		"the second is held to a version": {[]string{"a"}, func(id uuid.UUID) func(context.Context, *storage.Store) error {
			return update(id, 1)
		}, media.ErrVersion, 2, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := openStore(t, newPostgres(t), &patient)
			m := create(t, store, storagetest.Draft(c.has...))
			create(t, store, storagetest.Draft("x"))
			second := c.second(m.ID)
			err := overtaken(t, store, retag(m.ID, storagetest.Draft("x").Tags), func(ctx context.Context) error { return second(ctx, store) })
			if !errors.Is(err, c.want) {
				t.Errorf("%v; want %v", err, c.want)
			}
			if got := carried(t, store, m.ID); len(got) != c.left || slices.Contains(got, "x") != c.x {
				t.Errorf("it carries %v", got)
			}
		})
	}
}

// A new upload or lease makes no new version. A writer that waited for one sees it all the
// same.
func TestUploadAndLeaseAreSeenAfterTheWait(t *testing.T) {
	t.Parallel()
	type write func(context.Context, *storage.Store, media.Media) (done bool, err error)
	setUpload := func(uploadID string) write {
		return func(ctx context.Context, s *storage.Store, m media.Media) (bool, error) {
			_, set, err := s.Media().SetUpload(ctx, m.ID, uploadID, m.CreatedAt)
			return set, err
		}
	}
	claim := func(ctx context.Context, s *storage.Store, m media.Media) (bool, error) {
		got, err := s.Media().Claim(ctx, media.Claim{ID: m.ID, Now: m.DueAt, Lease: m.DueAt.Add(time.Minute), Limit: 1})
		return len(got) == 1, err
	}
	moveUnderLease := func(ctx context.Context, s *storage.Store, m media.Media) (bool, error) {
		_, moved, err := s.Media().Move(ctx, m.ID, media.When{From: anyState, Lease: m.DueAt}, moveTo(media.StateReady))
		return moved, err
	}
	for name, c := range map[string]struct{ first, second write }{
		"two uploads":                      {setUpload("one"), setUpload("two")},
		"a move whose lease another takes": {claim, moveUnderLease},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			store := openStore(t, newPostgres(t), &patient)
			m := create(t, store, storagetest.Draft("Beach"))
			err := overtaken(t, store, func(ctx context.Context, s *storage.Store) error {
				done, err := c.first(ctx, s, m)
				if !done {
					t.Error("the first did nothing")
				}
				return err
			}, func(ctx context.Context) error {
				done, err := c.second(ctx, store, m)
				if done {
					t.Error("the second overwrote what the first did")
				}
				return err
			})
			if err != nil {
				t.Error(err)
			}
		})
	}
}

// A deadlock takes a host's transaction with it: nothing can be run again there.
func TestDeadlockInAHostsTransactionIsUnavailable(t *testing.T) {
	t.Parallel()
	store := openStore(t, newPostgres(t), &patient)
	one, other := create(t, store, storagetest.Draft()), create(t, store, storagetest.Draft())
	rival := begin(t, store.DB().DB)
	lock := func(m media.Media) error {
		_, err := rival.ExecContext(t.Context(), "SELECT FROM mediakit_media WHERE id = $1 FOR UPDATE", m.ID)
		return err
	}
	// The rival waits long before it looks for a deadlock, so that it isn't the one to lose.
	if _, err := rival.ExecContext(t.Context(), "SET LOCAL deadlock_timeout = '1min'"); err != nil {
		t.Fatal(err)
	}
	if err := lock(one); err != nil {
		t.Fatal(err)
	}
	rivals := make(chan error, 1)
	err := store.InTx(t.Context(), func(ctx context.Context, s *storage.Store) error {
		if err := moveReady(ctx, s, other); err != nil {
			return err
		}
		go func() { rivals <- lock(other) }()
		waitForLock(t, store.DB().DB)
		return moveReady(ctx, s, one)
	})
	if !errors.Is(err, media.ErrUnavailable) {
		t.Errorf("%v; want %v", err, media.ErrUnavailable)
	}
	if err := <-rivals; err != nil {
		t.Errorf("the rival: %v", err)
	}
}

// Tags are in the order of their keys' bytes, whatever the order of the database.
func TestTagOrderIsNotTheDatabases(t *testing.T) {
	t.Parallel()
	store := openStore(t, newDatabase(t, startPostgres, "template0 LOCALE_PROVIDER icu ICU_LOCALE 'en-US' ENCODING 'UTF8'"), nil)
	if err := migrations.Up(t.Context(), store.DB()); err != nil {
		t.Fatal(err)
	}
	want := []string{"a b", "a-b", "ab", "z", "é", "日本", "😀"}
	create(t, store, storagetest.Draft(want...))
	for prefix, n := range map[string]int{"": 7, "a": 3, "a ": 1, "é": 1, "日": 1} {
		q := tags.Query{Prefix: prefix, Limit: 2}
		var got []string
		for {
			page, next, err := store.Tags().List(t.Context(), q)
			if err != nil {
				t.Fatal(err)
			}
			for _, tag := range page {
				got = append(got, tag.Key)
			}
			if next == nil {
				break
			}
			q.After = next
		}
		if len(got) != n || !slices.IsSorted(got) || prefix == "" && !slices.Equal(got, want) {
			t.Errorf("%q: %q", prefix, got)
		}
	}
}
