// Package storagetest holds any implementation of media.Repository and
// tags.Repository to what stands in their comments. Who writes one for another
// database calls [Run] from a test:
//
//	func TestStorage(t *testing.T) {
//		storagetest.Run(t, func(t *testing.T) storagetest.Repositories {
//			store := memory.New()
//			return storagetest.Repositories{Media: store.Media(), Tags: store.Tags()}
//		})
//	}
//
// Each clause has a store of its own and is named by the words of the contract
// that it tests. Nothing sleeps; what is random comes from a fixed seed.
//
// # Errors
//
// A clause that isn't kept fails its test, and says what came and what should
// have.
package storagetest
