package httpapi

import (
	"context"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"
)

// answerTime is what remains for sending the answer if a route uses up its time.
const answerTime = 5 * time.Second

// elsewhere is the mux pattern of every path that is no route.
const elsewhere = "/"

// call is a request that is being worked on.
type call struct {
	*http.Request
	body
	reply http.Header // the headers of the answer
}

// handler makes the answer to a request, or returns why there is none. It sends nothing.
type handler func(*call) (answer, error)

// route is one method on one path below BasePath.
type route struct {
	pattern string
	handle  handler
	terms
}

// terms are how long a route may take, and how many of its requests are worked on at once.
type terms struct {
	timeout time.Duration
	turns   chan struct{} // its capacity is the number; nil: any number
}

// dispatch hands a request to its route. A path that isn't clean is not found. The mux
// would redirect it, in plain text, and a client that follows may drop the body and the
// method.
func (a *api) dispatch(w http.ResponseWriter, r *http.Request) {
	if p := r.URL.EscapedPath(); !strings.HasPrefix(p, "/") || path.Clean(p) != p {
		r.Pattern = elsewhere // it may still be that of the host's mux
		a.fail(w, r, errNotFound)
		return
	}
	a.mux.ServeHTTP(w, r)
}

// serve returns the handler of a route. It reads the body before the request counts as in
// flight, and sends the answer when it no longer does, so that a slow client takes no place
// from others.
func (a *api) serve(to route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		arrived := readBody(w, r)
		if to.timeout > a.RequestTimeout && hasWriteTimeout(r) {
			// The server's time-out is made for the other routes. A writer to which no
			// deadline can be set has none that could end.
			_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(to.timeout + answerTime))
		}
		d, err := a.work(to, w, &call{r, arrived, w.Header()})
		if err != nil {
			a.fail(w, r, err)
			return
		}
		a.outbox.deliver(w, d)
	}
}

// hasWriteTimeout reports whether the server of a request sets write deadlines. If it
// doesn't, one that is set here would stay for the next requests on the connection.
func hasWriteTimeout(r *http.Request) bool {
	server, ok := r.Context().Value(http.ServerContextKey).(*http.Server)
	return ok && server.WriteTimeout > 0
}

// work runs a route's handler within its time, while the request counts as in flight and,
// if the route has turns, when its turn has come. When it returns or panics, the request
// gives both back. By then the outbox counts the answer, so that its memory is always in
// one budget or the other.
func (a *api) work(to route, w http.ResponseWriter, c *call) (*delivery, error) {
	ctx, cancel := context.WithTimeout(c.Context(), to.timeout)
	defer cancel()
	select {
	case a.inFlight <- struct{}{}:
		defer func() { <-a.inFlight }()
	default:
		return nil, errOverloaded
	}
	if to.turns != nil {
		select {
		case to.turns <- struct{}{}:
			defer func() { <-to.turns }()
		case <-ctx.Done():
			return nil, ctx.Err() // those before it take too long
		}
	}
	c.Request = c.WithContext(ctx)
	given, err := to.handle(c)
	if err != nil {
		return nil, err
	}
	return a.outbox.accept(w, given), nil
}

// refuse answers a request that has no route: with 405 if the path has other methods.
func (a *api) refuse(w http.ResponseWriter, r *http.Request) {
	allowed := a.allowed(r)
	if len(allowed) == 0 {
		a.fail(w, r, errNotFound)
		return
	}
	w.Header().Set("Allow", strings.Join(allowed, ", "))
	a.fail(w, r, errMethodNotAllowed)
}

// allowed asks the mux which methods the path of r has.
func (a *api) allowed(r *http.Request) []string {
	methods := []string{http.MethodDelete, http.MethodGet, http.MethodHead, http.MethodPatch, http.MethodPost}
	return slices.DeleteFunc(methods, func(method string) bool {
		asked := *r
		asked.Method = method
		_, pattern := a.mux.Handler(&asked)
		return pattern == elsewhere
	})
}
