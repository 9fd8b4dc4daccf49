package tags_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/fault"
	"github.com/seed-f0df946f/mediakit/internal/uuidv7"
	"github.com/seed-f0df946f/mediakit/storage/memory"
	"github.com/seed-f0df946f/mediakit/tags"
)

func newService(t *testing.T, opts *tags.Options) *tags.Service {
	t.Helper()
	s, err := tags.NewService(memory.New().Tags(), opts)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestNewServiceNeedsARepository(t *testing.T) {
	if s, err := tags.NewService(nil, nil); s != nil || err == nil {
		t.Errorf("NewService(nil, nil) = %v, %v; want an error", s, err)
	}
}

func TestNewServiceNeedsIDsOfVersion7(t *testing.T) {
	opts := &tags.Options{NewID: func(time.Time) uuid.UUID { return uuid.New() }}
	if s, err := tags.NewService(memory.New().Tags(), opts); s != nil || err == nil {
		t.Errorf("ids of version 4: %v, %v; want an error", s, err)
	}
}

func TestServiceTakesTimeAndIDsFromItsOptions(t *testing.T) {
	at := time.Date(2026, 11, 24, 12, 0, 0, 123_456_789, time.FixedZone("", 3600))
	random := bytes.NewReader(make([]byte, 16)) // of two ids: the first is made to look at
	s := newService(t, &tags.Options{
		Now:   func() time.Time { return at },
		NewID: func(at time.Time) uuid.UUID { return uuidv7.New(at, random) },
	})
	tag, err := s.Create(t.Context(), "Sunset")
	want := time.Date(2026, 11, 24, 11, 0, 0, 123_456_000, time.UTC)
	if err != nil || tag.ID != uuidv7.New(want, bytes.NewReader(make([]byte, 8))) || tag.CreatedAt != want || tag.UpdatedAt != want {
		t.Errorf("got %+v, %v; want the id and the times of %v", tag, err, want)
	}
}

func TestServiceNamesTheTagThatHasTheName(t *testing.T) {
	s := newService(t, nil)
	first, err := s.Create(t.Context(), "Sunset")
	if err != nil {
		t.Fatal(err)
	}
	_, err = s.Create(t.Context(), "SUNSET")
	var exists *tags.ExistsError
	if !errors.As(err, &exists) || exists.Existing.ID != first.ID || !errors.Is(err, tags.ErrExists) {
		t.Errorf("second create: %v; want the first tag in an ExistsError", err)
	}
	if strings.Contains(strings.ToLower(err.Error()), "sunset") {
		t.Errorf("the error tells the name: %v", err)
	}
	if renamed, err := s.Rename(t.Context(), first.ID, "SunSet"); err != nil || renamed.Name != "SunSet" {
		t.Errorf("rename to another spelling of its own name: %+v, %v", renamed, err)
	}
}

func TestServiceMergesAndRenames(t *testing.T) {
	at := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	s := newService(t, &tags.Options{Now: func() time.Time { return at }})
	from, err := s.Create(t.Context(), "Sunset")
	into, err2 := s.Create(t.Context(), "Sundown")
	if err != nil || err2 != nil {
		t.Fatal(err, err2)
	}
	at = at.Add(time.Hour)
	merged, err := s.Merge(t.Context(), from.ID, into.ID)
	if err != nil || merged.ID != into.ID || merged.Name != into.Name || merged.UpdatedAt != at || merged.CreatedAt != into.CreatedAt {
		t.Errorf("merged %+v, %v; want the second tag, updated now", merged, err)
	}
	if merged.MediaCount == nil || *merged.MediaCount != 0 || merged.CountedAt != at {
		t.Errorf("merged %+v; want it counted now", merged)
	}
	if _, err := s.Get(t.Context(), from.ID); !errors.Is(err, tags.ErrNotFound) {
		t.Errorf("the first tag: %v; want ErrNotFound", err)
	}
	at = at.Add(time.Hour)
	renamed, err := s.Rename(t.Context(), into.ID, " Sunset ")
	if err != nil || renamed.ID != into.ID || renamed.Name != "Sunset" || renamed.Key != "sunset" || renamed.UpdatedAt != at {
		t.Errorf("renamed %+v, %v; want the first tag's name, updated now", renamed, err)
	}
	_, err = s.Rename(t.Context(), into.ID, "")
	wantInvalid(t, err, "name", fault.CodeRequired)
}

func TestServiceCreatesOneTagOfManyAtOnce(t *testing.T) {
	s := newService(t, nil)
	var group sync.WaitGroup
	errs := make([]error, 100)
	for i := range errs {
		group.Go(func() { _, errs[i] = s.Create(t.Context(), "Sunset") })
	}
	group.Wait()
	created := 0
	for _, err := range errs {
		switch {
		case err == nil:
			created++
		case !errors.Is(err, tags.ErrExists):
			t.Error(err)
		}
	}
	if created != 1 {
		t.Errorf("%d creates succeeded; want 1", created)
	}
}

func TestServiceRefusesBadInput(t *testing.T) {
	s := newService(t, nil)
	id := uuid.New()
	for field, call := range map[string]func() error{
		"name":   func() error { _, err := s.Create(t.Context(), ""); return err },
		"into":   func() error { _, err := s.Merge(t.Context(), id, id); return err },
		"limit":  func() error { _, _, err := s.List(t.Context(), tags.ListInput{Limit: 101}); return err },
		"sort":   func() error { _, _, err := s.List(t.Context(), tags.ListInput{Sort: "id"}); return err },
		"prefix": func() error { _, _, err := s.List(t.Context(), tags.ListInput{Prefix: "\x00"}); return err },
	} {
		var invalid *tags.InvalidError
		if err := call(); !errors.As(err, &invalid) || invalid.Fields[0].Field != field {
			t.Errorf("got %v; want an InvalidError for %s", err, field)
		}
	}
	_, _, err := s.List(t.Context(), tags.ListInput{Prefix: "\x00", Sort: "id", Limit: -1})
	var invalid *tags.InvalidError
	if !errors.As(err, &invalid) || len(invalid.Fields) != 3 {
		t.Errorf("list: %v; want three bad members", err)
	}
	if _, err := s.Get(t.Context(), id); !errors.Is(err, tags.ErrNotFound) {
		t.Errorf("get: %v; want ErrNotFound", err)
	}
	if err := s.Delete(t.Context(), id); !errors.Is(err, tags.ErrNotFound) {
		t.Errorf("delete: %v; want ErrNotFound", err)
	}
}

func TestListLimit(t *testing.T) {
	s := newService(t, nil)
	for i := range tags.MaxPage + 1 {
		if _, err := s.Create(t.Context(), fmt.Sprint("tag ", i)); err != nil {
			t.Fatal(err)
		}
	}
	for limit, want := range map[int]int{0: 50, 1: 1, 99: 99, 100: 100} {
		if page, next, err := s.List(t.Context(), tags.ListInput{Limit: limit}); len(page) != want || next == nil || err != nil {
			t.Errorf("limit %d: %d tags, next %v, %v; want %d and a next page", limit, len(page), next, err, want)
		}
	}
	for _, limit := range []int{-1, 101} {
		_, _, err := s.List(t.Context(), tags.ListInput{Limit: limit})
		wantInvalid(t, err, "limit", fault.CodeInvalid)
	}
}

func ExampleService() {
	ctx := context.Background()
	service, err := tags.NewService(memory.New().Tags(), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, name := range []string{"Sunset", "Sunrise", "Beach"} {
		if _, err := service.Create(ctx, name); err != nil {
			fmt.Println(err)
		}
	}
	page, _, err := service.List(ctx, tags.ListInput{Prefix: "SUN"})
	if err != nil {
		fmt.Println(err)
	}
	for _, tag := range page {
		fmt.Println(tag.Name)
	}
	// Output:
	// Sunrise
	// Sunset
}
