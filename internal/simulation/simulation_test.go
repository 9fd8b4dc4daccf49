package simulation_test

import (
	"flag"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"testing"
)

var (
	seedFlag = flag.Uint64("seed", 0, "the one seed to run, with its whole trace; 0: all")
	runsFlag = flag.Int("schedules", schedules, "how many seeds to run")
)

// TestSchedules runs seeds 1, 2, 3 … so that a failure names one that fails again.
func TestSchedules(t *testing.T) {
	if *seedFlag != 0 {
		w := newWorld(*seedFlag)
		err := w.run(operations(*seedFlag))
		t.Logf("%s", strings.Join(w.trace, "\n"))
		if err != nil {
			t.Error(err)
		}
		return
	}
	runs := *runsFlag
	if testing.Short() {
		runs /= 10
	}
	workers := runtime.GOMAXPROCS(0)
	for worker := range workers {
		t.Run(fmt.Sprint("worker ", worker), func(t *testing.T) {
			t.Parallel()
			for seed := 1 + worker; seed <= runs; seed += workers {
				w := newWorld(uint64(seed))
				if err := w.run(operations(uint64(seed))); err != nil {
					last := w.trace[max(0, len(w.trace)-60):]
					t.Fatalf("seed %d: %v\n%s\nAgain, with all that led there: go test ./internal/simulation -run Schedules -seed %d -v",
						seed, err, strings.Join(last, "\n"), seed)
				}
			}
		})
	}
}

// operations tells how many operations a schedule has: most are short.
func operations(seed uint64) int { return 10 + int(seed%8)*8 }

// TestSeedsRepeat: without this no failure could be looked into.
func TestSeedsRepeat(t *testing.T) {
	for seed := range uint64(20) {
		first, second := newWorld(seed), newWorld(seed)
		_, _ = first.run(40), second.run(40)
		if !slices.Equal(first.trace, second.trace) {
			t.Fatalf("seed %d went another way", seed)
		}
	}
}
