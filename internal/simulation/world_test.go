package simulation_test

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"math/rand/v2"
	"runtime/debug"
	"slices"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/blob/memblob"
	"github.com/seed-f0df946f/mediakit/internal/uuidv7"
	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/storage/memory"
	"github.com/seed-f0df946f/mediakit/tags"
)

// world is everything that choices decide about.
type world struct {
	*choices
	at         time.Time     // the clock of services and store
	behind     time.Duration // the store's clock: at most as far as the services allow for
	step       int           // steps taken
	risk       float64       // that a call of a port goes wrong
	operations []operation   // those done
	tasks      []*task
	now        *task // the one that runs

	repo  media.Repository // without faults: to look at
	known tags.Repository  // without faults
	blobs *memblob.Store   // without faults
	media *media.Service
	tags  *tags.Service

	clients  clients
	ledger   ledger
	unsummed bool          // the store knows no sha256
	keep     time.Duration // how long failed media are kept; negative: for good
	changed  bool          // something may have, in this step
	resting  bool          // all operations have ended
	trace    []string

	invariant string // the first that didn't hold
	broken    error  // how
}

func newWorld(c *choices) *world {
	w := &world{choices: c, at: time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)}
	w.risk = pick(w, 0, 0.01, 0.05, 0.2)
	store := memory.New()
	w.repo, w.known = store.Media(), store.Tags()
	clock := func() time.Time { return w.at }
	w.behind = pick(w, 0, 5*time.Minute-moveTime, 5*time.Minute-moveTime)
	late := func() time.Time { return w.at.Add(-w.behind) }
	w.unsummed = w.chance(0.25)
	w.operations = some(c)
	random := bytesOf{rand.New(rand.NewPCG(1, 0))} // what ids and keys are made of is no choice
	w.keep = pick(w, 7*24*time.Hour, 7*24*time.Hour, 10*time.Minute, -1)
	pending := 24 * time.Hour
	if w.keep == 10*time.Minute { // a world in a hurry: media expire when their URLs do
		pending = 15 * time.Minute
	}
	w.blobs = memblob.New(&memblob.Options{Now: late, Secret: []byte("secret")})
	service, err := media.NewService(repository{w.repo, w}, blobs{w.blobs, w}, &media.Options{Now: clock, Rand: random, PendingTTL: pending, FailedTTL: w.keep})
	if err != nil {
		panic(err)
	}
	w.media = service
	w.tags, err = tags.NewService(tagRepository{store.Tags(), w}, &tags.Options{Now: clock, NewID: func(at time.Time) uuid.UUID {
		return uuidv7.New(at, random)
	}})
	if err != nil {
		panic(err)
	}
	w.ledger.init()
	return w
}

// moveTime is the longest that a Move takes from the look at the clock to its effect.
// A database's time-outs end it far sooner; the rest of the services' five minutes is
// for the store's clock.
const moveTime = time.Minute

// bytesOf reads randomness.
type bytesOf struct{ *rand.Rand }

func (r bytesOf) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(r.Uint32())
	}
	return len(p), nil
}

// task is one operation of one client, or a sweep.
type task struct {
	name    string
	began   int // the step
	ctx     context.Context
	end     context.CancelFunc // of ctx
	faulted bool
	claimed map[uuid.UUID]bool // media whose bytes are the task's to delete
	leases  map[uuid.UUID]time.Time
	atOnce  []uuid.UUID // media that it changes in one step, all or none
	wake    time.Time   // it sleeps until then
	by      time.Time   // no time passes beyond, until the task has gone on; zero: any
	resume  func() (struct{}, bool)
	stop    func()
	pause   func(struct{}) bool
}

// errCrash is what a task panics with whose process ends.
var errCrash = errors.New("crash")

func (w *world) start(name string, run func(*task)) {
	t := &task{name: fmt.Sprintf("%s#%d", name, w.step), began: w.step, claimed: map[uuid.UUID]bool{}, leases: map[uuid.UUID]time.Time{}}
	t.ctx, t.end = context.WithCancel(context.Background())
	t.resume, t.stop = iter.Pull(func(yield func(struct{}) bool) {
		t.pause = yield
		defer func() {
			t.end()
			if r := recover(); r != nil && r != any(errCrash) {
				w.breach("panic", "%s: %v\n%s", t.name, r, debug.Stack())
			}
		}()
		run(t)
	})
	w.tasks = append(w.tasks, t)
}

// pause lets other tasks run and time pass.
func (w *world) pause() {
	if !w.now.pause(struct{}{}) {
		panic(errCrash)
	}
}

// sleep lets others run until a moment, which passes no sooner than the task has gone on.
func (w *world) sleep(until time.Time) {
	w.now.wake, w.now.by = until, until
	for w.at.Before(until) {
		w.pause()
	}
}

// awake returns the tasks that can go on.
func (w *world) awake() []int {
	var all []int
	for i, t := range w.tasks {
		if !w.at.Before(t.wake) {
			all = append(all, i)
		}
	}
	return all
}

// soonest returns when the first task wakes.
func (w *world) soonest() time.Time {
	first := slices.MinFunc(w.tasks, func(a, b *task) int { return a.wake.Compare(b.wake) })
	return first.wake
}

func (w *world) tell(format string, args ...any) {
	name := "world"
	if w.now != nil {
		name = w.now.name
	}
	w.trace = append(w.trace, fmt.Sprintf("%4d %s %-12s %s", w.step, w.at.Format("02 15:04:05.000000"), name, fmt.Sprintf(format, args...)))
}

// breach records that an invariant doesn't hold.
func (w *world) breach(invariant, format string, args ...any) {
	if w.broken == nil {
		w.invariant = invariant
		w.broken = fmt.Errorf("%s: "+format, append([]any{invariant}, args...)...)
		w.tell("BREACH %v", w.broken)
	}
}

// run takes the world through some operations, lets everything come to rest, and
// returns what was broken. Most schedules are short.
func (w *world) run() error {
	ops := 10 + 8*w.below(8)
	defer func() {
		for _, t := range w.tasks {
			t.stop()
		}
	}()
	for (ops > 0 || len(w.tasks) > 0) && w.broken == nil {
		w.step++
		awake := w.awake()
		switch begin := ops > 0 && len(awake) < 5; {
		case w.chance(0.15):
			w.pass()
		case len(awake) == 0 && !begin:
			w.elapse(w.soonest().Sub(w.at))
		case begin && (len(awake) == 0 || w.chance(0.25)):
			ops--
			w.begin()
		default:
			w.advance(pick(w, awake...))
		}
	}
	w.rest()
	return w.broken
}

func (w *world) advance(i int) {
	t := w.tasks[i]
	w.now = t
	w.changed = false
	if _, more := t.resume(); !more {
		w.tasks = slices.Delete(w.tasks, i, i+1)
		w.changed = true
	}
	if w.changed {
		w.check()
	}
	w.now = nil
}

// pass lets time pass: a little, a lot, or up to just about a moment at which
// something becomes due for a media.
func (w *world) pass() {
	d := pick(w, time.Microsecond, time.Millisecond, time.Second, 30*time.Second, time.Minute, 2*time.Minute, 15*time.Minute, time.Hour)
	if moments := w.moments(); len(moments) > 0 && w.chance(0.5) {
		soon := min(w.below(len(moments)), w.below(len(moments)))
		d = moments[soon].Add(pick(w, -time.Microsecond, 0, time.Microsecond)).Sub(w.at)
	}
	w.elapse(d)
}

// elapse takes the clock on, no further than what is under way allows, and never back.
func (w *world) elapse(d time.Duration) {
	for _, t := range w.tasks {
		if !t.by.IsZero() {
			d = min(d, t.by.Sub(w.at))
		}
	}
	d = max(d, 0)
	w.at = w.at.Add(d)
	w.tell("time passes: %v", d)
}

// moments returns what is to come, of media and of tasks, the soonest first.
func (w *world) moments() []time.Time {
	var all []time.Time
	for _, m := range w.rows() {
		all = append(all, m.DueAt, m.ExpiresAt, m.LastURLAt, m.CreatedAt.Add(24*time.Hour))
	}
	for _, u := range w.clients.uploads {
		all = append(all, w.ledger.tombstones[u.ID])
	}
	for _, t := range w.tasks {
		all = append(all, t.wake)
	}
	all = slices.DeleteFunc(all, func(moment time.Time) bool { return !moment.After(w.at) })
	slices.SortFunc(all, time.Time.Compare)
	return slices.Compact(all)
}

// rest brings all that was left behind to its end, without faults, and holds the
// world to what must be true then.
func (w *world) rest() {
	w.risk, w.resting = 0, true
	for _, wait := range []time.Duration{0, 3 * time.Hour, 25 * time.Hour, 3 * time.Hour, 8 * 24 * time.Hour} {
		w.at = w.at.Add(wait)
		for range 2 {
			if w.broken != nil {
				return
			}
			w.finish("sweep", w.sweep)
		}
	}
	w.checkRest()
	w.finish("reconcile", w.reconcile)
}

// finish runs a task by itself.
func (w *world) finish(name string, run func(*task)) {
	w.step++
	w.start(name, run)
	for len(w.tasks) > 0 && w.broken == nil {
		w.advance(0)
	}
}
