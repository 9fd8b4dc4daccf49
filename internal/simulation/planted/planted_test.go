package planted_test

import (
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var searchFlag = flag.Bool("search", false, "search the seeds from 1 on for each bug, whatever seed it names")

const (
	moduleRoot = "../../.."
	// searched is the most schedules in which a bug must be found.
	searched = 10_000
)

// bug is a defect, as a change of source, and how the simulation finds it.
type bug struct {
	name      string
	file      string // in the module
	old, new  string // old occurs once in the file
	invariant string // what doesn't hold
	seed      int    // of a schedule that finds it
}

func TestPlanted(t *testing.T) {
	for _, b := range bugs {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			simulation := b.build(t)
			if *searchFlag {
				t.Logf("seed: %s", b.search(t, simulation))
				return
			}
			if out, found := b.run(t, simulation, "-seed", fmt.Sprint(b.seed)); !found {
				t.Errorf("seed %d doesn't find it, but %s does:\n%s", b.seed, b.search(t, simulation), out)
			}
		})
	}
}

// build compiles the simulation with the bug in it.
func (b bug) build(t *testing.T) string {
	t.Helper()
	file, err := filepath.Abs(filepath.Join(moduleRoot, b.file))
	if err != nil {
		t.Fatal(err)
	}
	source, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(source), b.old); n != 1 {
		t.Fatalf("%s holds %d times what is to be replaced: plant the bug anew\n%s", b.file, n, b.old)
	}
	dir := t.TempDir()
	planted, overlay, binary := filepath.Join(dir, "planted.go"), filepath.Join(dir, "overlay.json"), filepath.Join(dir, "simulation")
	replace, err := json.Marshal(map[string]any{"Replace": map[string]string{file: planted}})
	if err != nil {
		t.Fatal(err)
	}
	write(t, planted, strings.Replace(string(source), b.old, b.new, 1))
	write(t, overlay, string(replace))
	compile := exec.CommandContext(t.Context(), "go", "test", "-c", "-ldflags=-s -w", "-overlay", overlay, "-o", binary, "./internal/simulation")
	compile.Dir = moduleRoot
	if out, err := compile.CombinedOutput(); err != nil {
		t.Fatalf("%v: %v\n%s", compile, err, out)
	}
	return binary
}

func write(t *testing.T, file, text string) {
	t.Helper()
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// run runs the schedules that args name, and tells whether one found the bug.
func (b bug) run(t *testing.T, simulation string, args ...string) (out string, found bool) {
	t.Helper()
	args = append([]string{"-test.run=^TestSchedules$", "-shrink=0"}, args...)
	text, err := exec.CommandContext(t.Context(), simulation, args...).CombinedOutput()
	return string(text), err != nil && strings.Contains(string(text), ": "+b.invariant+": ")
}

var seedOfFailure = regexp.MustCompile(`seed (\d+): `)

// search returns the first seed of those that find the bug.
func (b bug) search(t *testing.T, simulation string) string {
	t.Helper()
	out, found := b.run(t, simulation, "-test.cpu=1", "-schedules", fmt.Sprint(searched))
	if !found {
		t.Fatalf("%d schedules don't find it:\n%s", searched, out)
	}
	return seedOfFailure.FindStringSubmatch(out)[1]
}
