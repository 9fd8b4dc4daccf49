package main

import (
	"context"
	"errors"
	"expvar"
	"log/slog"
	"net/http"
	"net/url"
	"strings"

	"github.com/rs/cors"

	"github.com/seed-f0df946f/mediakit/httpapi"
	"github.com/seed-f0df946f/mediakit/httpapi/expvarmetrics"
	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/migrations"
	"github.com/seed-f0df946f/mediakit/tags"
)

// service is the parts put together.
type service struct {
	public   http.Handler
	admin    http.Handler // health and metrics
	health   *health
	media    *media.Service
	tags     *tags.Service
	database string // what it runs on, as people say it
	blobs    string
	close    func() error
}

// compose puts the parts together: rows, bytes, services, routes. It is what a
// host app does with its own parts.
func compose(ctx context.Context, s settings, metrics *expvarmetrics.Metrics, logger *slog.Logger) (_ *service, err error) {
	blobs, err := openBlobs(ctx, s, s.PublicURL+"/blobs")
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, blobs.close())
		}
	}()
	store, database, err := openDatabase(ctx, s)
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
	basePath := basePathOf(s.PublicURL)
	api, err := httpapi.New(httpapi.Config{
		Media:    mediaService,
		Tags:     tagService,
		BasePath: basePath,
		Logger:   logger,
		Observe:  metrics.Observe,
	})
	if err != nil {
		return nil, err
	}
	health := &health{database: store.DB().PingContext, blobs: probe(blobs)}
	svc := &service{
		admin: adminRoutes(health), health: health, media: mediaService, tags: tagService,
		database: database, blobs: blobs.name,
		close: func() error { return errors.Join(store.Close(), blobs.close()) },
	}
	mux := http.NewServeMux()
	mux.Handle("/", api)
	if blobs.handler != nil {
		route := basePath + transferRoute
		mux.Handle(route, watch(blobs.handler, route, logger, metrics))
	}
	if s.AdminAddr == "" {
		for _, path := range adminPaths {
			mux.Handle(path, svc.admin)
		}
	}
	svc.public = allowOrigins(s.CORSOrigins, mux)
	return svc, nil
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

// adminRoutes are what operators reach.
func adminRoutes(h *health) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /livez", h.livez)
	mux.HandleFunc("GET /readyz", h.readyz)
	mux.Handle("GET /debug/vars", expvar.Handler())
	return mux
}
