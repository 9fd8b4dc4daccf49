//go:build !race

package simulation_test

// underRace tells whether the race detector looks on, which takes ten times as long.
const underRace = false
