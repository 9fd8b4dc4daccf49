package media

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/tags"
)

// Limits of a list.
const (
	MaxPage      = 100 // media on a page
	DefaultPage  = 50  // media on a page where no limit is named
	MaxTagFilter = 10  // tag names in a filter, over all three conditions

	listBudget = 5000 // rows that a page looks at
)

// ListInput selects a page of media.
type ListInput struct {
	// Filter holds tag names in any spelling, and a Query in any case. Names that
	// exist nowhere match nothing. StateDeleted can't be asked for.
	Filter    Filter
	Ascending bool      // oldest first; else newest first
	After     uuid.UUID // where the page before ended; uuid.Nil: from the start
	Limit     int       // 1 to MaxPage; default DefaultPage
}

// List returns a page of media, each with a download where it is ready, and
// where the next page starts, uuid.Nil where there is none. A page does a bounded
// amount of work, so it may come back short, even empty, and still have a next:
// go on until there is none, or use [Service.All]. A walk returns every media
// that matched throughout exactly once. A bad input is an *InvalidError.
func (s *Service) List(ctx context.Context, in ListInput) ([]View, uuid.UUID, error) {
	q, err := in.query()
	if err != nil {
		return nil, uuid.Nil, err
	}
	items, next, err := s.repo.List(ctx, q)
	if err != nil {
		return nil, uuid.Nil, err
	}
	views := make([]View, len(items))
	for i, m := range items {
		if views[i], err = s.view(ctx, m, false); err != nil {
			return nil, uuid.Nil, err
		}
	}
	return views, next, nil
}

// ValidateList returns the *InvalidError that List would return for in, or nil.
func (s *Service) ValidateList(in ListInput) error {
	_, err := in.query()
	return err
}

// All walks over all media that match, page by page of in.Limit. It ends with
// the first error, which comes with a zero View.
func (s *Service) All(ctx context.Context, in ListInput) iter.Seq2[View, error] {
	return func(yield func(View, error) bool) {
		for {
			views, next, err := s.List(ctx, in)
			if err != nil {
				yield(View{}, err)
				return
			}
			for _, v := range views {
				if !yield(v, nil) {
					return
				}
			}
			if next == uuid.Nil {
				return
			}
			in.After = next
		}
	}
}

func (in ListInput) query() (Query, error) {
	var f faults
	q := Query{Filter: in.Filter, Ascending: in.Ascending, After: in.After, Limit: in.Limit, Budget: listBudget}
	q.Filter.AllTags = f.foldNames("tag", in.Filter.AllTags)
	q.Filter.AnyTags = f.foldNames("any_tag", in.Filter.AnyTags)
	q.Filter.NoTags = f.foldNames("not_tag", in.Filter.NoTags)
	named := len(in.Filter.AllTags) + len(in.Filter.AnyTags) + len(in.Filter.NoTags)
	if named > MaxTagFilter {
		f.add("tag", tags.CodeTooMany, "At most %d tags can be named in a filter.", MaxTagFilter)
	}
	if in.Filter.Untagged && named > len(in.Filter.NoTags) {
		f.add("untagged", tags.CodeConflict, "An untagged media carries none of the tags named.")
	}
	f.checkFilter(&q.Filter)
	if q.Limit == 0 {
		q.Limit = DefaultPage
	}
	if q.Limit < 1 || q.Limit > MaxPage {
		f.add("limit", tags.CodeInvalid, "A page holds 1 to %d media.", MaxPage)
	}
	return q, f.err()
}

// checkFilter checks and folds what is not about tags.
func (f *faults) checkFilter(filter *Filter) {
	switch filter.Kind {
	case "", KindImage, KindVideo:
	default:
		f.add("kind", tags.CodeNotAllowed, "A kind is image or video.")
	}
	switch filter.State {
	case "", StatePending, StateReady, StateFailed:
	default:
		f.add("state", tags.CodeNotAllowed, "A state is pending, ready or failed.")
	}
	filter.ContentType = strings.ToLower(filter.ContentType)
	if !utf8.ValidString(filter.ContentType) || strings.ContainsFunc(filter.ContentType, badInFilter) {
		f.add("content_type", tags.CodeInvalid, "A content type is ASCII text.")
	}
	if len(filter.Query) > MaxFilename || !utf8.ValidString(filter.Query) || strings.ContainsFunc(filter.Query, badInFilename) {
		f.add("q", tags.CodeInvalid, "A part of a filename has at most %d bytes and only characters that a filename has.", MaxFilename)
	}
	filter.Query = tags.Fold(filter.Query)
}

func badInFilter(r rune) bool { return r <= ' ' || r > '~' }

// foldNames folds the tag names of a filter into distinct keys.
func (f *faults) foldNames(field string, names []string) []string {
	var keys []string
	seen := make(map[string]bool, len(names))
	for i, text := range names {
		name, err := tags.ParseName(text)
		if invalid, ok := err.(*InvalidError); ok {
			f.add(fmt.Sprintf("%s/%d", field, i), invalid.Fields[0].Code, "%s", invalid.Fields[0].Detail)
		} else if !seen[name.Key] {
			seen[name.Key] = true
			keys = append(keys, name.Key)
		}
	}
	return keys
}
