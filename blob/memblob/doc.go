// Package memblob keeps media in memory: the blob store of tests, simulations and
// examples. It passes the same suite as the real ones, blob/blobtest, and its
// signed URLs work, since a [Store] is an [http.Handler] that serves them:
//
//	store := memblob.New(nil)
//	server := httptest.NewServer(store)
//	defer server.Close()
//	store.SetBaseURL(server.URL)
//
// It starts no goroutine. With Options.Now and Options.Secret set, it does the same in
// every run. [Store.Plant] stores what no signed upload could, so that a test sees how
// its caller deals with it.
//
// # HTTP
//
// The handler answers as the one of blob/fileblob does; its documentation lists the
// statuses. It serves 256 transfers at once.
//
// # Errors
//
// Errors are those of [media.BlobStore]'s contract. ErrUnavailable is returned only for
// a Put while another Put of the same object key is running, and
// ErrStoreMisconfigured never: memory is never away.
package memblob
