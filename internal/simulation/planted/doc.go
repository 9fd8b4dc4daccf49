// Package planted holds the simulation to finding what it is for. Its tests plant bugs
// in the services and in the fakes, one at a time, and demand that the simulation
// finds each. A bug is a change to the source that only the compiler gets to see, by
// "go test -overlay": nothing in the product knows of it.
//
// Every bug names a seed that finds it, so that the test takes seconds. If a
// change to the simulation has led that seed elsewhere, seeds from 1 on are searched:
//
//	go test ./internal/simulation/planted -search
package planted
