// Package blobtest is the test suite that every [media.BlobStore] must pass. It calls
// the store through the port and, as clients do, through signed URLs over real HTTP:
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
// Each subtest gets a store of its own. Its name quotes the clause of the contract that
// it tests. If a store has to refuse something, the suite checks that it does and that
// nothing is stored. It doesn't look at the status or the text of a refusal: those
// differ from one S3 to the next.
package blobtest
