package media

import (
	"context"
	"errors"
	"iter"
	"time"

	"github.com/google/uuid"
)

// reconcileAge is the default of [ReconcileOptions].MinAge.
const reconcileAge = 24 * time.Hour

// ReconcileOptions say what a [Service.Reconcile] tells. A zero field means its
// default.
type ReconcileOptions struct {
	MinAge time.Duration // of an unknown object when the walk begins, not negative; default 24 h
}

// Problem is what a [Finding] is about.
type Problem string

// The problems.
const (
	ProblemUnknown Problem = "unknown-object" // no media owns the object
	ProblemMissing Problem = "missing-object" // the media is ready, and its object isn't there
	ProblemDiffers Problem = "object-differs" // the media is ready, and its object isn't what was finalized
)

// Finding is one place where the blob store and the repository disagree.
type Finding struct {
	Problem Problem
	Object  Object    // its key alone where it is missing; without ModifiedAt where it differs
	MediaID uuid.UUID // uuid.Nil where the object is unknown
	Differs Failure   // where it differs: in size, type, headers or sha256
}

// Reconcile walks over all media, and all objects below the service's KeyPrefix,
// and yields where they disagree, in the order of the media's ids. It changes
// nothing. It ends with the first error, which comes with a zero Finding.
//
// A ready media's object is compared by its size, type, headers and, where the
// store knows it, sha256; no bytes are read. That is a call to the store for every
// ready media, so that a walk over millions takes hours; it holds a page of each
// side. What changes meanwhile is no finding.
//
// An object is unknown that no pending or ready media owns, nor a failed one that is
// still to be swept. That of a deleted media is unknown until it is swept: sweep
// first, until the report says that there is no more.
func (s *Service) Reconcile(ctx context.Context, opts ReconcileOptions) iter.Seq2[Finding, error] {
	setDefault(&opts.MinAge, reconcileAge)
	return func(yield func(Finding, error) bool) {
		r := reconciliation{Service: s, ctx: ctx, yield: yield, before: s.instant().Add(-opts.MinAge)}
		r.walk()
	}
}

// reconciliation merges the walk over the media with that over the objects. Both are
// in one order, since a key is a prefix, then a media's id, then a random end. Its
// methods report whether the caller wants more.
type reconciliation struct {
	*Service
	ctx    context.Context
	yield  func(Finding, error) bool
	before time.Time // an object written since may be of a media created since

	page []Object // what is left of it
	next string   // the key that the following page begins after
	last bool     // no page follows
}

func (r *reconciliation) walk() {
	q := Query{Ascending: true, Limit: MaxPage, Budget: listBudget}
	for more := true; more; more = q.After != uuid.Nil {
		items, next, err := r.repo.List(r.ctx, q)
		if err != nil {
			r.fail(err)
			return
		}
		for _, m := range items {
			folderEnd := r.opts.KeyPrefix + "/" + m.ID.String() + "0" // '0' follows '/'
			if !r.objects(&m, folderEnd) || m.State == StateReady && !r.ready(&m) {
				return
			}
		}
		q.After = next
	}
	r.objects(&Media{}, "")
}

func (r *reconciliation) fail(err error) bool {
	r.yield(Finding{}, err)
	return false
}

// objects goes on over the objects whose keys are before end, all where it is
// empty. Among them m's own is known.
func (r *reconciliation) objects(m *Media, end string) bool {
	for {
		for len(r.page) == 0 && !r.last {
			var err error
			if r.page, r.next, err = r.blobs.List(r.ctx, r.opts.KeyPrefix+"/", r.next); err != nil {
				return r.fail(err)
			}
			r.last = r.next == ""
		}
		if len(r.page) == 0 || end != "" && r.page[0].Key >= end {
			return true
		}
		o := r.page[0]
		r.page = r.page[1:]
		if r.owns(m, o.Key) || !o.ModifiedAt.Before(r.before) {
			continue
		}
		if !r.unknown(o) {
			return false
		}
	}
}

// owns reports whether the object is there by right, or is still to be swept.
func (r *reconciliation) owns(m *Media, key string) bool {
	return key == m.ObjectKey && (m.State != StateFailed || !m.LastURLAt.Before(r.before))
}

// unknown looks once more: the page may be older than the end of a deleted media.
func (r *reconciliation) unknown(o Object) bool {
	switch _, err := r.blobs.Stat(r.ctx, o.Key); {
	case errors.Is(err, ErrNoObject):
		return true
	case err != nil:
		return r.fail(err)
	}
	return r.yield(Finding{Problem: ProblemUnknown, Object: o}, nil)
}

// ready holds the object of a media that was ready when it was listed to it.
func (r *reconciliation) ready(m *Media) bool {
	f := Finding{MediaID: m.ID, Object: Object{Key: m.ObjectKey}}
	switch info, err := r.blobs.Stat(r.ctx, m.ObjectKey); {
	case errors.Is(err, ErrNoObject):
		f.Problem = ProblemMissing
	case err != nil:
		return r.fail(err)
	default:
		f.Problem, f.Object.Size, f.Differs = ProblemDiffers, info.Size, m.differs(info)
		if f.Differs == "" {
			return true
		}
	}
	switch _, err := r.repo.Get(r.ctx, m.ID); {
	case errors.Is(err, ErrNotFound):
		return true // deleted since, and its object with it
	case err != nil:
		return r.fail(err)
	}
	return r.yield(f, nil)
}
