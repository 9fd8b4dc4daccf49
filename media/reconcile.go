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

// maxUnreadable is how many objects in a row the store may fail to describe. Beyond that
// it is the store that is away.
const maxUnreadable = 10

// ReconcileOptions change what a [Service.Reconcile] reports. A field that is zero stands
// for its default.
type ReconcileOptions struct {
	// MinAge is how old an unknown object must be, when the walk begins, to be reported. It
	// isn't negative; default 24 h.
	MinAge time.Duration
}

// Problem is what a [Finding] is about.
type Problem string

// The problems.
const (
	ProblemUnknown    Problem = "unknown-object"    // no media owns the object
	ProblemMissing    Problem = "missing-object"    // the media is ready, and its object isn't there
	ProblemDiffers    Problem = "object-differs"    // the media is ready, and its object isn't what was finalized
	ProblemUnreadable Problem = "unreadable-object" // the store fails to describe the object, for a reason of its own
)

// Finding is one place where the blob store and the repository disagree.
type Finding struct {
	Problem Problem
	Object  Object    // if it is missing or unreadable, its object key alone; if it differs, without ModifiedAt
	MediaID uuid.UUID // uuid.Nil if no media owns the object
	Differs Failure   // with ProblemDiffers: in size, type, headers or sha256
	Err     error     // with ProblemUnreadable: what the store answered
}

// Reconcile walks over all media, and over all objects below the service's KeyPrefix, and
// yields every place where they disagree, in the order of the media's ids. It changes
// nothing.
//
// The walk ends with the first error, which comes with a zero Finding: of the repository,
// of a list of objects, or of the store that failed to describe 10 objects in a row. Fewer
// of those are findings, and the walk goes on.
//
// The object of a ready media is compared by its size, type and headers, and by its sha256
// if the store knows it. No bytes are read. Every ready media costs a call to the store,
// so that a walk over millions takes hours. It holds a page of each side in memory. What
// changes while it walks is no finding.
//
// An object is unknown if it belongs to no pending or ready media, nor to a failed one
// whose upload could still write it MinAge ago. The object of a deleted media is unknown
// until it is swept: sweep first, until the report says that there is no more.
func (s *Service) Reconcile(ctx context.Context, opts ReconcileOptions) iter.Seq2[Finding, error] {
	setDefault(&opts.MinAge, reconcileAge)
	return func(yield func(Finding, error) bool) {
		r := reconciliation{Service: s, ctx: ctx, yield: yield, before: s.instant().Add(-opts.MinAge)}
		r.walk()
	}
}

// reconciliation merges the walk over the media with that over the objects. Both are in
// the same order, since an object key is a prefix, then a media's id, then something
// random. Its methods report whether the caller wants more.
type reconciliation struct {
	*Service
	ctx    context.Context
	yield  func(Finding, error) bool
	before time.Time // an object written since may be of a media created since

	page []Object // what is left of it
	next string   // the key that the following page begins after
	last bool     // no page follows

	unreadable int // in a row
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

// objects goes on over the objects whose keys are before end, or over all if end is empty.
// Among them m's own is known.
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

// owns reports whether the object is there by right, or may still have to be swept.
func (r *reconciliation) owns(m *Media, key string) bool {
	return key == m.ObjectKey && (m.State != StateFailed || !m.LastURLAt.Before(r.before))
}

// unknown looks once more: the page may be older than the end of a deleted media.
func (r *reconciliation) unknown(o Object) bool {
	f := Finding{Problem: ProblemUnknown, Object: o}
	switch _, err := r.blobs.Stat(r.ctx, o.Key); {
	case r.isAway(err):
		return r.fail(err)
	case errors.Is(err, ErrNoObject):
		return true
	case err != nil:
		f = Finding{Problem: ProblemUnreadable, Object: Object{Key: o.Key}, Err: err}
	}
	return r.yield(f, nil)
}

// isAway reports whether a Stat's error means more than its own object.
func (r *reconciliation) isAway(err error) bool {
	if err == nil || errors.Is(err, ErrNoObject) {
		r.unreadable = 0
		return false
	}
	r.unreadable++
	return r.unreadable == maxUnreadable || r.ctx.Err() != nil
}

// ready compares the object of a media that was ready when it was listed.
func (r *reconciliation) ready(m *Media) bool {
	f := Finding{MediaID: m.ID, Object: Object{Key: m.ObjectKey}}
	switch info, err := r.blobs.Stat(r.ctx, m.ObjectKey); {
	case r.isAway(err):
		return r.fail(err)
	case errors.Is(err, ErrNoObject):
		f.Problem = ProblemMissing
	case err != nil:
		f.Problem, f.Err = ProblemUnreadable, err
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
