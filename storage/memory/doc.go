// Package memory keeps media and tags in memory: for tests, for simulations and
// for trying the library out. It passes the same suite as the SQL storage, so
// what works over it works over a database.
//
//	store := memory.New()
//	service, err := tags.NewService(store.Tags(), nil)
//	beach, err := service.Create(ctx, "Beach")
//
// Both repositories of a [Store] share one state, as two tables of a database do.
// A store has no clock, no randomness and no goroutine of its own: the same calls
// give the same answers. Nothing outlives the process.
//
// # Errors
//
// The errors are those that the interfaces name, and a context's own if it has ended
// before a call. A memory store is never unavailable.
package memory
