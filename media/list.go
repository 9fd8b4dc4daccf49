package media

import (
	"context"
	"fmt"
	"iter"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/fault"
	"github.com/seed-f0df946f/mediakit/internal/fold"
	"github.com/seed-f0df946f/mediakit/tags"
)

// Limits of a list.
const (
	MaxPage      = 100 // media on a page
	DefaultPage  = 50  // media on a page if no limit is named
	MaxTagFilter = 10  // tag names in a filter, over all three conditions

	listBudget = 5000 // rows that a page looks at
)

// Filter selects media. Its zero value selects every media that isn't deleted. A media
// has to meet all conditions.
type Filter struct {
	AllTags  []string // names in any spelling: the media carries every one of these tags
	AnyTags  []string // names in any spelling: the media carries at least one of these tags
	NoTags   []string // names in any spelling: the media carries none of these tags
	Untagged bool     // the media carries no tag at all

	Kind             Kind      // empty: any
	State            State     // empty: any but StateDeleted, which can't be asked for
	ContentType      string    // in any case, or an alias; empty: any
	SHA256           Digest    // of the whole file; zero: any
	CreatedAfter     time.Time // exclusive; zero: no bound
	CreatedBefore    time.Time // exclusive; zero: no bound
	FilenameContains string    // part of the filename, in any case; no character in it is special; empty: any
}

// ListInput selects a page of media.
type ListInput struct {
	Filter    Filter
	Ascending bool      // oldest first; else newest first
	After     uuid.UUID // where the page before ended; uuid.Nil: from the start
	Limit     int       // 1 to MaxPage; default DefaultPage
}

// List returns a page of media, with a download for each that is ready, and where the
// next page starts: uuid.Nil if there is none. A page does a bounded amount of work, so it
// may come back short, even empty, and still have a next: go on until there is none, or
// use [Service.All]. A walk returns every media that matched throughout exactly once. A
// bad input is an *InvalidError.
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

// Check returns the *InvalidError that [Service.List] would return for the input, or nil;
// see [CreateInput.Check].
func (in ListInput) Check() error {
	_, err := in.query()
	return err
}

// All walks over all media that match, in pages of in.Limit. It ends with the first error,
// which comes with a zero View.
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
	q := Query{Selection: f.selection(in.Filter), Ascending: in.Ascending, After: in.After, Limit: in.Limit, Budget: listBudget}
	if q.Limit == 0 {
		q.Limit = DefaultPage
	}
	if q.Limit < 1 || q.Limit > MaxPage {
		f.Add("limit", fault.CodeInvalid, "A page holds 1 to %d media.", MaxPage)
	}
	return q, f.Err()
}

// selection folds a filter, and checks it.
func (f *faults) selection(filter Filter) Selection {
	f.checkTagNames(filter)
	f.checkFilter(filter)
	return Selection{
		AllTagKeys: f.foldNames("all_tags", filter.AllTags),
		AnyTagKeys: f.foldNames("any_tags", filter.AnyTags),
		NoTagKeys:  f.foldNames("no_tags", filter.NoTags),
		Untagged:   filter.Untagged,

		Kind: filter.Kind, State: filter.State, ContentType: canonicalType(filter.ContentType), SHA256: filter.SHA256,
		CreatedAfter: filter.CreatedAfter, CreatedBefore: filter.CreatedBefore,
		FilenameFold: f.foldPart(filter.FilenameContains),
	}
}

// checkTagNames checks how many tags a filter names, and for which conditions.
func (f *faults) checkTagNames(filter Filter) {
	named := len(filter.AllTags) + len(filter.AnyTags) + len(filter.NoTags)
	if named > MaxTagFilter {
		f.Add("all_tags", fault.CodeTooMany, "At most %d tags can be named in a filter.", MaxTagFilter)
	}
	if filter.Untagged && named > len(filter.NoTags) {
		f.Add("untagged", fault.CodeConflict, "An untagged media carries none of the tags named.")
	}
}

// checkFilter checks what is not about tags.
func (f *faults) checkFilter(filter Filter) {
	switch filter.Kind {
	case "", KindImage, KindVideo:
	default:
		f.Add("kind", fault.CodeNotAllowed, "A kind is image or video.")
	}
	switch filter.State {
	case "", StatePending, StateReady, StateFailed:
	default:
		f.Add("state", fault.CodeNotAllowed, "A state is pending, ready or failed.")
	}
	if !utf8.ValidString(filter.ContentType) || strings.ContainsFunc(filter.ContentType, badInFilter) {
		f.Add("content_type", fault.CodeInvalid, "A content type is ASCII text.")
	}
	f.checkMoment("created_after", filter.CreatedAfter)
	f.checkMoment("created_before", filter.CreatedBefore)
}

// foldPart folds a part of a filename.
func (f *faults) foldPart(part string) string {
	name, _ := f.filenamePart("filename_contains", part)
	return fold.String(name)
}

// checkMoment refuses a time that no database of ours can hold: SQLite's are texts with
// four digits for the year, and neither SQLite nor PostgreSQL knows a year 0.
func (f *faults) checkMoment(field string, t time.Time) {
	if year := t.UTC().Year(); year < 1 || year > 9999 {
		f.Add(field, fault.CodeInvalid, "A time is in the years 1 to 9999, in UTC.")
	}
}

func badInFilter(r rune) bool { return r <= ' ' || r > '~' }

// foldNames folds the tag names of a filter into distinct tag keys. More than may be named
// are not looked at.
func (f *faults) foldNames(field string, names []string) []string {
	names = names[:min(len(names), MaxTagFilter)]
	var keys []string
	seen := make(map[string]bool, len(names))
	for i, text := range names {
		name, err := tags.ParseName(text)
		if invalid, ok := err.(*InvalidError); ok {
			f.Add(fmt.Sprintf("%s/%d", field, i), invalid.Fields[0].Code, "%s", invalid.Fields[0].Detail)
		} else if !seen[name.Key] {
			seen[name.Key] = true
			keys = append(keys, name.Key)
		}
	}
	return keys
}
