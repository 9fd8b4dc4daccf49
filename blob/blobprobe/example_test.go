package blobprobe_test

import (
	"context"
	"fmt"
	"log"
	"net/http/httptest"

	"github.com/seed-f0df946f/mediakit/blob/blobprobe"
	"github.com/seed-f0df946f/mediakit/blob/memblob"
)

// A program that sets a store up prints what a service needs and is missing.
func Example() {
	store := memblob.New(nil)
	server := httptest.NewServer(store)
	defer server.Close()
	store.SetBaseURL(server.URL)

	report, err := blobprobe.Run(context.Background(), store, &blobprobe.Options{Origins: []string{"https://app.example"}})
	if err != nil {
		log.Fatal(err)
	}
	for _, line := range report.Missing() {
		fmt.Printf("%s: %s: %s\n%s\n", line.Name, line.Status, line.Found, line.Advice)
	}
	// Output:
	// cors: no: https://app.example: the question before an upload is answered 405
	// give the store the CORS rule in its documentation, with this origin
}
