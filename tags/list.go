package tags

import (
	"context"
	"errors"

	"github.com/seed-f0df946f/mediakit/fault"
)

// ListInput selects a page of tags.
type ListInput struct {
	Prefix string    // how the name begins, in any spelling; empty: all
	Sort   Sort      // default SortName
	After  *Position // where the page before ended; nil: from the start
	Limit  int       // 1 to MaxPage; default DefaultPage
}

// listBudget is how many tags a page by SortMediaCount looks at for a prefix.
const listBudget = 500

// List returns a page of tags and the position of the next page, nil if there is none. A
// page by SortMediaCount with a prefix does a bounded amount of work, so it may come back
// short, even empty, and still have a next one: go on until there is none.
//
// A walk by SortName returns every tag that was there throughout exactly once; by
// SortMediaCount a tag may move meanwhile. If the prefix, the sort or the limit is bad, it
// returns an *InvalidError that names each of them.
func (s *Service) List(ctx context.Context, in ListInput) ([]Tag, *Position, error) {
	q, err := in.query()
	if err != nil {
		return nil, nil, err
	}
	return s.repo.List(ctx, q)
}

func (in ListInput) query() (Query, error) {
	q := Query{Sort: in.Sort, After: in.After, Limit: in.Limit, Budget: listBudget}
	if q.Sort == "" {
		q.Sort = SortName
	}
	if q.Limit == 0 {
		q.Limit = DefaultPage
	}
	var faults fault.List
	var bad *InvalidError
	prefix, err := FoldPrefix(in.Prefix)
	if errors.As(err, &bad) {
		faults = append(faults, bad.Fields...)
	}
	q.Prefix = prefix
	if q.Sort != SortName && q.Sort != SortMediaCount {
		faults.Add("sort", fault.CodeNotAllowed, "Tags are sorted by %s or by %s.", SortName, SortMediaCount)
	}
	if q.Limit < 1 || q.Limit > MaxPage {
		faults.Add("limit", fault.CodeInvalid, "A page holds 1 to %d tags.", MaxPage)
	}
	return q, faults.Err()
}
