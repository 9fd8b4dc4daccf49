// Package simulation holds the services to what they promise, whatever goes wrong.
// Its tests run clients and sweeps at once over the fakes of storage/memory and
// blob/memblob. Every call of a port may fail, succeed and lose its answer, or be the
// last thing that its process does, and time passes before and after it, up to days.
// After every step the invariants are checked from outside.
//
// One schedule is one goroutine and one seed: the tasks are coroutines that hand
// over at every call of a port, so that a seed that fails fails again:
//
//	go test ./internal/simulation -seed 4711
package simulation
