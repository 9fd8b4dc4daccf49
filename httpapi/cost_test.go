//go:build !linux

package httpapi_test

import (
	"testing"
	"time"
)

// cost makes a request. What it costs needs the processor time of a thread, which not every
// system tells.
func cost(_ testing.TB, b *bench, r hostileRequest) (answer, time.Duration) {
	return b.send(r.request()), 0
}
