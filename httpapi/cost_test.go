//go:build !linux

package httpapi_test

import (
	"testing"
	"time"
)

// cost makes a request. It reports no cost: not every system tells the processor time of a
// thread.
func cost(_ testing.TB, b *bench, r hostileRequest) (answer, time.Duration) {
	return b.send(r.request()), 0
}
