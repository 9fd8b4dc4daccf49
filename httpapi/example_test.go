package httpapi_test

import (
	"fmt"
	"log"
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/seed-f0df946f/mediakit/blob/memblob"
	"github.com/seed-f0df946f/mediakit/httpapi"
	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/storage/memory"
	"github.com/seed-f0df946f/mediakit/tags"
)

// The routes are mounted on the host's own mux, below a path of its choice.
func Example() {
	store := memory.New()
	mediaService, err := media.NewService(store.Media(), memblob.New(nil), nil)
	if err != nil {
		log.Fatal(err)
	}
	tagService, err := tags.NewService(store.Tags(), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	api, err := httpapi.New(httpapi.Config{
		Media:    mediaService,
		Tags:     tagService,
		BasePath: "/api/v1",
	})
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/api/v1/", api)

	for range 2 {
		req := httptest.NewRequest("POST", "/api/v1/tags", strings.NewReader(`{"name":"Sunset"}`))
		req.Header.Set("Content-Type", "application/json")
		rec := httptest.NewRecorder()
		mux.ServeHTTP(rec, req)
		fmt.Println(rec.Code, rec.Header().Get("Content-Type"))
	}
	// Output:
	// 201 application/json
	// 409 application/problem+json
}
