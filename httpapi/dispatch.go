package httpapi

import (
	"context"
	"net/http"
	"path"
	"slices"
	"strings"
	"time"
)

// answerTime is what is left for the answer where a route uses up its time.
const answerTime = 5 * time.Second

// elsewhere is the mux pattern of all that is no route.
const elsewhere = "/"

// dispatch hands a request to its route. What the mux would answer by itself, in
// plain text, never gets that far: a path that isn't clean is no path of ours,
// not one to be redirected, which would drop a body or the method.
func (a *api) dispatch(w http.ResponseWriter, r *http.Request) {
	if p := r.URL.EscapedPath(); !strings.HasPrefix(p, "/") || path.Clean(p) != p {
		r.Pattern = elsewhere // it may still be that of the host's mux
		a.fail(w, r, errNotFound)
		return
	}
	a.mux.ServeHTTP(w, r)
}

// serve wraps a route: it counts among those in flight and ends in time.
func (a *api) serve(to route) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		r.Body = arrived(w, r.Body)
		select {
		case a.inFlight <- struct{}{}:
			defer func() { <-a.inFlight }()
		default:
			a.fail(w, r, errOverloaded)
			return
		}
		if to.timeout > a.RequestTimeout {
			// A server's write time-out is made for the other routes. A writer that
			// can't be told has none to extend.
			_ = http.NewResponseController(w).SetWriteDeadline(time.Now().Add(to.timeout + answerTime))
		}
		ctx, cancel := context.WithTimeout(r.Context(), to.timeout)
		defer cancel()
		if err := to.handle(w, r.WithContext(ctx)); err != nil {
			a.fail(w, r, err)
		}
	}
}

// refuse answers for what is no route: 405 where the path has other methods.
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
