// Package blobtest is the suite that every [media.BlobStore] passes, for whoever
// writes one. It talks to the store through the port and, as clients do, through
// signed URLs over real HTTP:
//
//	func TestStore(t *testing.T) {
//		blobtest.Run(t, func(t *testing.T) blobtest.Harness {
//			store := memblob.New(nil)
//			server := httptest.NewServer(store)
//			t.Cleanup(server.Close)
//			store.SetBaseURL(server.URL)
//			return blobtest.Harness{Store: store}
//		})
//	}
//
// Each subtest gets a store of its own. Its name quotes the clause of the contract
// that it tests. Of what a store refuses, the suite asserts that it was refused
// and that nothing is stored, never with which status or words: those differ from
// one S3 to the next.
package blobtest
