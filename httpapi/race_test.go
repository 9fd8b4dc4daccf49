//go:build race

package httpapi_test

// slowdown is how much more the race detector makes everything cost.
const slowdown = 15
