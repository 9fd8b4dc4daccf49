package blobtest

import (
	"testing"
	"time"

	"github.com/seed-f0df946f/mediakit/media"
)

// Harness is an empty store, and what the suite needs to test it.
type Harness struct {
	Store media.BlobStore

	// Now is the clock that decides in the store whether a URL has expired. Default:
	// time.Now.
	Now func() time.Time

	// Plant stores an object without the store's help, in place of the one that is
	// there. If it is nil, the clauses that need it are skipped.
	Plant func(t *testing.T, stray Stray)
}

// Stray is an object that no signed upload stores.
type Stray struct {
	Key             string
	Content         []byte
	ContentType     string
	ContentEncoding string // empty: none
	NoSHA256        bool   // the store has computed none
}

// Run runs the suite, with a Harness from open for each subtest.
func Run(t *testing.T, open func(t *testing.T) Harness) {
	for _, c := range clauses {
		t.Run(c.method+"/"+c.quote, func(t *testing.T) {
			h := open(t)
			if h.Now == nil {
				h.Now = time.Now
			}
			c.test(t, &h)
		})
	}
}

// clause is one sentence of the contract.
type clause struct {
	method string // of media.BlobStore, or the type itself
	quote  string
	test   func(t *testing.T, h *Harness)
}

// clauses quote the comments of media.BlobStore. A test compares them.
var clauses = []clause{
	{"SignUpload", "store exactly one object, u", testUploadStores},
	{"SignUpload", "from the moment at on for ttl (1 s to 7 days)", testUploadTTL},
	{"SignUpload", "from the moment at on for ttl", testUploadExpired},
	{"SignUpload", "other bytes", testUploadOtherBytes},
	{"SignUpload", "another length or type", testUploadOtherLengthOrType},
	{"SignUpload", "a header dropped or changed", testUploadHeaders},
	{"SignUpload", "or a second write are refused by the store", testUploadSecondWrite},
	{"SignUpload", "lets whoever has it store exactly one object", testUploadRace},
	{"SignUpload", "a request that lets whoever has it", testUploadTampered},
	{"SignUpload", "every header the client must send except Host and Content-Length", testUploadHeaderNames},
	{"SignUpload", "ExpiresAt is no later than at+ttl", testUploadExpiresAt},
	{"SignUpload", "Size int64 // bytes, at least 1", testUploadSize},

	{"SignDownload", "returns a GET request that needs no headers", testDownload},
	{"SignDownload", "lives from at for ttl", testDownloadLife},
	{"SignDownload", "Equal arguments give equal URLs", testDownloadEqual},
	{"SignDownload", "The answer carries d's content type and a Content-Disposition with d's filename", testDownloadHeaders},
	{"SignDownload", "It supports one range", testDownloadRange},
	{"SignDownload", "If d names a Version, the answer is that object, never one that an upload has stored after a Delete", testDownloadVersion},
	{"SignDownload", "returns a GET request", testDownloadTampered},

	{"Put", "stores u with the bytes of body", testPut},
	{"Put", "ErrObjectExists if the object key has an object", testPutExists},
	{"Put", "ErrObjectMismatch if length or sha256 differ; either stores nothing", testPutMismatch},

	{"Stat", "describes what is stored under the object key, or returns ErrNoObject", testStat},
	{"Stat", "An upload in progress is no object", testStatInProgress},
	{"Stat", "SHA256 is what the store itself computed over the whole object, or zero if it computed none", testStatNoSHA256},
	{"Stat", "Unexpected names properties of the object that a signed upload doesn't set", testStatUnexpected},
	{"Stat", "They come from headers that a signature can't keep out", testStatSmuggled},

	{"ReadAt", "returns n bytes of the object from offset off, fewer if it ends earlier", testReadAt},
	{"ReadAt", "ErrNoObject if there is no object", testReadAtNothing},
	{"ReadAt", "ErrObjectChanged if the object is no longer the one that pin was taken from", testReadAtChanged},

	{"Delete", "removes the object and everything kept beside it", testDelete},
	{"Delete", "If there is no object it succeeds", testDeleteNothing},
	{"Delete", "an upload's URL may store its object again, until it expires", testDeleteThenUpload},

	{"List", "objects whose keys begin with prefix, in byte order, only those after the object key after", testList},
	{"List", "and the one to go on from (empty: no more)", testListPages},

	{"BlobStore", "A context's error passes through", testContext},
	{"BlobStore", "Implementations are safe for concurrent use", testConcurrent},
}
