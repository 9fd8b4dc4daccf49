// Package memblob keeps media in memory: the blob store of tests, simulations and
// examples. It passes the same suite as the real ones, blob/blobtest, and its
// signed URLs work, since a [Store] is an [http.Handler] that serves them:
//
//	store := memblob.New(nil)
//	server := httptest.NewServer(store)
//	defer server.Close()
//	store.SetBaseURL(server.URL)
//
// It starts no goroutine and, given Options.Now and Options.Secret, does the same
// at every run. [Store.Plant] stores what no signed upload could, to see how a
// caller deals with it.
//
// # HTTP
//
// The handler answers PUT, GET and HEAD with a status and a short text: 403 for
// whatever doesn't verify, one and the same for every cause; 411 without a
// length; 412 where there is an object already; 400 for bytes that aren't those
// declared; 416 for a range beyond the object. GET answers one range at most,
// carries X-Content-Type-Options: nosniff and Content-Security-Policy: sandbox,
// and doesn't look at what a client adds to an upload's headers, nor keeps it.
//
// # Errors
//
// Errors are those of [media.BlobStore]'s contract. ErrUnavailable and
// ErrStoreMisconfigured never occur: memory is never away.
package memblob
