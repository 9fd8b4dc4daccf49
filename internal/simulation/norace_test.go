//go:build !race

package simulation_test

const schedules = 10_000
