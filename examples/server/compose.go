package main

import (
	"context"
	"errors"
	"expvar"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/rs/cors"

	"github.com/seed-f0df946f/mediakit/httpapi"
	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/migrations"
	"github.com/seed-f0df946f/mediakit/tags"
)

// service is the parts put together.
type service struct {
	public   http.Handler
	admin    http.Handler // health and metrics
	health   *health
	vars     *vars
	media    *media.Service
	tags     *tags.Service
	database string // what it runs on, as people say it
	blobs    string
	close    func() error
}

// compose puts the parts together: rows, bytes, services, routes. A host app does the
// same with its own parts.
func compose(ctx context.Context, s settings, v *vars, logger *slog.Logger) (_ *service, err error) {
	blobs, err := openBlobs(ctx, s, s.PublicURL+"/blobs", logger)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, blobs.close())
		}
	}()
	store, database, err := openDatabase(ctx, s, logger)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, store.Close())
		}
	}()
	if err := migrations.Up(ctx, store.DB()); err != nil {
		return nil, err
	}
	mediaService, err := media.NewService(store.Media(), blobs, s.mediaOptions())
	if err != nil {
		return nil, err
	}
	tagService, err := tags.NewService(store.Tags(), nil)
	if err != nil {
		return nil, err
	}
	svc := &service{
		health: &health{database: &check{ask: store.DB().PingContext}, blobs: &check{ask: statAbsent(blobs)}},
		vars:   v, media: mediaService, tags: tagService, database: database, blobs: blobs.name,
		close: func() error { return errors.Join(store.Close(), blobs.close()) },
	}
	return svc, svc.mount(s, blobs.handler, logger)
}

// mount makes the handlers of the service. blobs serves the local disk's URLs, if any.
func (svc *service) mount(s settings, blobs http.Handler, logger *slog.Logger) error {
	basePath := basePathOf(s.PublicURL)
	api, err := httpapi.New(httpapi.Config{
		Media: svc.media, Tags: svc.tags, BasePath: basePath,
		Logger: logger, Observe: svc.vars.requests.Observe,
	})
	if err != nil {
		return err
	}
	all := &routes{api: api}
	if blobs != nil {
		all.blobsPath = basePath + transferRoute
		all.blobs = watch(blobs, all.blobsPath, logger, &svc.vars.requests)
	}
	if s.AdminAddr == "" {
		all.admin = adminRoutes(svc.health, svc.vars)
	}
	svc.public = allowOrigins(s.CORSOrigins, all)
	svc.admin = adminRoutes(svc.health, expvar.Handler())
	return nil
}

// routes hands each request to the part that its path belongs to. An http.ServeMux
// would redirect a path that isn't clean, with a page of its own; the API answers it
// as any other path that it doesn't have.
type routes struct {
	api       http.Handler
	admin     http.Handler // nil if it has an address of its own
	blobs     http.Handler // nil if the store serves its URLs itself
	blobsPath string
}

// ServeHTTP implements [http.Handler].
func (all *routes) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch path := r.URL.Path; {
	case all.admin != nil && slices.Contains(adminPaths, path):
		all.admin.ServeHTTP(w, r)
	case all.blobs != nil && strings.HasPrefix(path, all.blobsPath):
		all.blobs.ServeHTTP(w, r)
	default:
		all.api.ServeHTTP(w, r)
	}
}

// basePathOf returns the path of a public URL: a gateway passes it on.
func basePathOf(publicURL string) string {
	u, err := url.Parse(publicURL)
	if err != nil { // it was checked, or is our own
		return ""
	}
	return strings.TrimRight(u.Path, "/")
}

// allowOrigins lets web pages of these origins call next.
func allowOrigins(origins []string, next http.Handler) http.Handler {
	if len(origins) == 0 {
		return next // the library takes an empty list for any origin
	}
	return cors.New(cors.Options{
		AllowedOrigins: origins,
		AllowedMethods: []string{"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE"},
		AllowedHeaders: []string{"*"},
		ExposedHeaders: []string{"ETag", "Link", "Location", "Retry-After", "X-Request-Id"},
		MaxAge:         600, // seconds; no browser keeps a preflight for much longer
	}).Handler(next)
}

// adminPaths are those that adminRoutes serves.
var adminPaths = []string{"/livez", "/readyz", "/debug/vars"}

// adminRoutes are what operators reach. vars is the page of variables. An
// http.ServeMux would refuse and redirect in plain text.
func adminRoutes(h *health, vars http.Handler) http.Handler {
	pages := map[string]http.Handler{
		"/livez": http.HandlerFunc(h.livez), "/readyz": http.HandlerFunc(h.readyz), "/debug/vars": vars,
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		page, known := pages[r.URL.Path]
		switch {
		case !known:
			notFound.ServeHTTP(w, r)
		case r.Method != http.MethodGet && r.Method != http.MethodHead:
			w.Header().Set("Allow", "GET, HEAD")
			methodNotAllowed.ServeHTTP(w, r)
		default:
			page.ServeHTTP(w, r)
		}
	})
}
