package media

// State is where a media is in its life.
//
//	pending ── finalized ─────────▶ ready  ── deleted ─────────▶ deleted
//	pending ── rejected, expired ─▶ failed ── deleted, retired ─▶ deleted
//	pending ── deleted ─────────────────────────────────────────▶ deleted
type State string

// The states.
const (
	StatePending State = "pending" // the row stands, the bytes may or may not have arrived
	StateReady   State = "ready"   // the bytes are there and are what was declared; neither changes any more
	StateFailed  State = "failed"  // it will never be ready; Failure says why
	StateDeleted State = "deleted" // a tombstone that nobody sees, until its bytes are gone
)

// Event is what moves a media from one state to another.
type Event string

// The events.
const (
	EventFinalized Event = "finalized"
	EventRejected  Event = "rejected"
	EventExpired   Event = "expired"
	EventDeleted   Event = "deleted"
	EventRetired   Event = "retired" // it had failed, and was kept for long enough
)

// edges holds every edge there is, from each event's goal back to the states
// it may leave.
var edges = map[Event]struct {
	to   State
	from []State
}{
	EventFinalized: {StateReady, []State{StatePending}},
	EventRejected:  {StateFailed, []State{StatePending}},
	EventExpired:   {StateFailed, []State{StatePending}},
	EventDeleted:   {StateDeleted, []State{StatePending, StateReady, StateFailed}},
	EventRetired:   {StateDeleted, []State{StateFailed}},
}

// Next returns the state that e leads to from s, and false if s refuses e. It is the only place that decides; what is stored follows it by naming
// [Event.From] in a compare-and-set.
func (s State) Next(e Event) (State, bool) {
	edge := edges[e]
	for _, from := range edge.from {
		if from == s {
			return edge.to, true
		}
	}
	return s, false
}

// From returns the states that e may leave, newly allocated.
func (e Event) From() []State { return append([]State(nil), edges[e].from...) }

// To returns the state that e leads to.
func (e Event) To() State { return edges[e].to }
