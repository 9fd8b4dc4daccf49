package httpapi

import (
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/go-playground/validator/v10"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/tags"
)

const (
	defaultInFlight = 256
	defaultTimeout  = 10 * time.Second
	// maxPages is how many pages of media are built at once. A page of the largest media
	// takes some MB until it is sent.
	maxPages = 16
	// slowTimeout is the time of a route that may touch millions of rows.
	slowTimeout = time.Minute
)

// Config is what a handler is made of. A zero field means its default.
type Config struct {
	Media *media.Service // required
	Tags  *tags.Service  // required

	// BasePath is where the routes are mounted: "" or a path such as "/api/v1",
	// with a leading slash and no trailing one.
	BasePath string
	// Logger gets a line for each request, and the cause of each 5xx. In the text of
	// a cause, URLs are cut and the values of passwords, tokens and signatures left
	// out. Default: nothing is logged.
	Logger *slog.Logger
	// MaxInFlight is how many requests are worked on at once; the answer to any more
	// is 503. A request isn't counted while its body arrives, nor while its answer is
	// sent. Of the pages of media, 16 are built at once; requests for more wait for their
	// turn, and are counted meanwhile. Default: 256.
	MaxInFlight int
	// RequestTimeout is how long a request may be worked on, with the wait for its turn;
	// then the answer is 503. Default: 10 s. Deleting or merging a tag may take a minute in any case.
	RequestTimeout time.Duration
	// Observe is called after each request. It gets the pattern of the route, such as
	// "GET /media/{id}", or "other" if there is no such route; the status of the
	// answer; and how long all of it took, sending included. The status is 0 if there
	// was no answer, because the client had gone or the handler aborted. A HEAD counts
	// as a GET. Nothing else of a request is told, so no URL, id or name can get into
	// a metric.
	//
	// Many goroutines call it at once, and a connection serves no other request until
	// it returns. Default: none; package expvarmetrics has one.
	Observe func(route string, status int, took time.Duration)
}

// api is a handler's state.
type api struct {
	Config
	mux      *http.ServeMux
	shapes   *validator.Validate
	inFlight chan struct{} // holds one element for each request that is worked on
	pages    chan struct{} // holds one element for each page of media that is built
	outbox   outbox
}

// New returns a handler of all routes. It fails if something required is missing or a
// value is out of range; the error names all that is wrong.
func New(c Config) (http.Handler, error) {
	if err := c.check(); err != nil {
		return nil, err
	}
	return newAPI(c).handler(), nil
}

func newAPI(c Config) *api {
	c.fill()
	a := &api{
		Config: c, mux: http.NewServeMux(), shapes: newShapes(),
		inFlight: make(chan struct{}, c.MaxInFlight), pages: make(chan struct{}, maxPages),
		outbox: outbox{limit: maxUnsent},
	}
	for _, r := range a.routes() {
		method, below, _ := strings.Cut(r.pattern, " ")
		a.mux.HandleFunc(method+" "+c.BasePath+below, a.serve(r))
	}
	a.mux.HandleFunc(elsewhere, a.refuse)
	return a
}

func (a *api) handler() http.Handler {
	return identify(a.observe(a.recover(http.HandlerFunc(a.dispatch))))
}

func (a *api) routes() []route {
	brief, slow := terms{timeout: a.RequestTimeout}, terms{timeout: max(a.RequestTimeout, slowTimeout)}
	paged := terms{timeout: a.RequestTimeout, turns: a.pages}
	return []route{
		{"POST /tags", a.createTag, brief},
		{"GET /tags", a.listTags, brief},
		{"GET /tags/{id}", a.getTag, brief},
		{"PATCH /tags/{id}", a.renameTag, brief},
		{"DELETE /tags/{id}", a.deleteTag, slow},
		{"POST /tags/{id}/merge", a.mergeTag, slow},
		{"POST /media", a.createMedia, brief},
		{"GET /media", a.listMedia, paged},
		{"POST /media/finalize", a.finalizeMedia, brief},
		{"POST /media/tags", a.retagMedia, brief},
		{"GET /media/{id}", a.getMedia, brief},
		{"PATCH /media/{id}", a.updateMedia, brief},
		{"DELETE /media/{id}", a.deleteMedia, brief},
		{"POST /media/{id}/upload", a.signUpload, brief},
		{"GET /limits", a.getLimits, brief},
		{"GET /openapi.json", a.getOpenAPI, brief},
	}
}

func (c *Config) check() error {
	var errs []error
	if c.Media == nil || c.Tags == nil {
		errs = append(errs, errors.New("httpapi: Config needs Media and Tags"))
	}
	if !validBase(c.BasePath) {
		errs = append(errs, fmt.Errorf("httpapi: BasePath %q is not empty and not a path such as /api/v1", c.BasePath))
	}
	if c.MaxInFlight < 0 || c.RequestTimeout < 0 {
		errs = append(errs, errors.New("httpapi: MaxInFlight and RequestTimeout are not negative"))
	}
	return errors.Join(errs...)
}

// validBase accepts a path that means the same in a mux pattern, in which braces are
// special, and in a URL, in which much else has to be escaped.
func validBase(base string) bool {
	if base == "" {
		return true
	}
	special := func(r rune) bool {
		return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/", r)
	}
	return base[0] == '/' && base != "/" && path.Clean(base) == base && !strings.ContainsFunc(base, special)
}

func (c *Config) fill() {
	if c.Logger == nil {
		c.Logger = slog.New(slog.DiscardHandler)
	}
	if c.MaxInFlight == 0 {
		c.MaxInFlight = defaultInFlight
	}
	if c.RequestTimeout == 0 {
		c.RequestTimeout = defaultTimeout
	}
}
