// Package storagetest tests whether an implementation of media.Repository and
// tags.Repository does what the comments of these interfaces say. If you write one for
// another database, call [Run] from a test:
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
// If the implementation breaks a clause, the clause's test fails and says what it got and
// what it wanted.
package storagetest
