package memory

import (
	"bytes"
	"context"
	"slices"
	"sync"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/tags"
)

// Store holds media, tags, the links between them, and idempotency records. It
// is safe for concurrent use.
type Store struct {
	mu    sync.Mutex
	media map[uuid.UUID]media.Media // without Tags: links has them
	order []uuid.UUID               // the keys of media, ascending
	tags  map[uuid.UUID]tags.Tag
	byKey map[string]uuid.UUID                 // tag ids
	links map[uuid.UUID]map[uuid.UUID]struct{} // by media id, the ids of its tags
	keys  map[string]record                    // by idempotency key
}

// record remembers a create that came with an idempotency key.
type record struct {
	fingerprint media.Digest
	media       uuid.UUID
	until       time.Time
}

// New returns an empty store.
func New() *Store {
	return &Store{
		media: map[uuid.UUID]media.Media{},
		tags:  map[uuid.UUID]tags.Tag{},
		byKey: map[string]uuid.UUID{},
		links: map[uuid.UUID]map[uuid.UUID]struct{}{},
		keys:  map[string]record{},
	}
}

// Media returns the store's repository of media.
func (s *Store) Media() media.Repository { return mediaRepository{s} }

// Tags returns the store's repository of tags.
func (s *Store) Tags() tags.Repository { return tagRepository{s} }

// begin locks the store for one call, or returns the context's error. A call
// that has begun runs to its end: it is atomic.
func (s *Store) begin(ctx context.Context) (end func(), err error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s.mu.Lock()
	return s.mu.Unlock, nil
}

// visible returns the media unless it is missing or a tombstone.
func (s *Store) visible(id uuid.UUID) (media.Media, bool) {
	m, ok := s.media[id]
	return m, ok && m.State != media.StateDeleted
}

// shown returns m with its tags, in the order of their keys.
func (s *Store) shown(m media.Media) media.Media {
	carried := make([]tags.Tag, 0, len(s.links[m.ID]))
	for id := range s.links[m.ID] {
		carried = append(carried, s.tags[id])
	}
	slices.SortFunc(carried, byKey)
	m.Tags = nil
	for _, t := range carried {
		m.Tags = append(m.Tags, tags.Ref{ID: t.ID, Name: t.Name})
	}
	return m
}

// adopt returns the ids of the tags that have the candidates' keys, and stores
// the candidates whose keys are new.
func (s *Store) adopt(candidates []tags.Tag) []uuid.UUID {
	ids := make([]uuid.UUID, len(candidates))
	for i, t := range candidates {
		if _, known := s.byKey[t.Key]; !known {
			s.tags[t.ID], s.byKey[t.Key] = t, t.ID
		}
		ids[i] = s.byKey[t.Key]
	}
	return ids
}

func (s *Store) link(id uuid.UUID, tagIDs []uuid.UUID) {
	if s.links[id] == nil {
		s.links[id] = map[uuid.UUID]struct{}{}
	}
	for _, t := range tagIDs {
		s.links[id][t] = struct{}{}
	}
}

func compareIDs(a, b uuid.UUID) int { return bytes.Compare(a[:], b[:]) }
