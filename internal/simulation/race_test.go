//go:build race

package simulation_test

// schedules are fewer where each takes ten times as long, and where what the race
// detector keeps of every coroutine is never freed.
const schedules = 1_000
