package planted_test

import (
	"encoding/json"
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

var searchFlag = flag.Bool("search", false, "search the seeds from 1 on for each bug, whatever seed it names")

const (
	moduleRoot = "../../.."
	// searched is the most schedules in which a bug must be found.
	searched = "10000"
)

// bug is a defect, as a change of source, and how the simulation finds it.
type bug struct {
	name      string
	file      string // in the module
	old, new  string // old occurs once in the file
	invariant string // what doesn't hold
	seed      string // of a schedule that finds it
}

func TestPlanted(t *testing.T) {
	for _, b := range slices.Concat(bugs, sweepBugs) {
		t.Run(b.name, func(t *testing.T) {
			t.Parallel()
			simulation := b.build(t)
			if !*searchFlag {
				if _, invariant := run(t, simulation, "-seed", b.seed); invariant == b.invariant {
					return
				}
			}
			switch seed, invariant := run(t, simulation, "-schedules", searched); {
			case seed == "":
				t.Errorf("%s schedules don't find it: %s", searched, b.name)
			case !*searchFlag:
				t.Errorf("seed %s no longer finds it by %s, but seed %s does, by %s", b.seed, b.invariant, seed, invariant)
			default:
				t.Logf("%s: seed %s finds it by %s", b.name, seed, invariant)
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

var finding = regexp.MustCompile(`seed (\d+): (\w+): `)

// run runs the schedules that args name. It returns the seed that failed and what did
// not hold, both empty if none failed.
func run(t *testing.T, simulation string, args ...string) (seed, invariant string) {
	t.Helper()
	args = append([]string{"-test.run=^TestSchedules$", "-test.cpu=1", "-shrink=0"}, args...)
	out, err := exec.CommandContext(t.Context(), simulation, args...).CombinedOutput()
	found := finding.FindStringSubmatch(string(out))
	switch {
	case err == nil:
		return "", ""
	case found == nil:
		t.Fatalf("%v: %v\n%s", args, err, out)
	}
	return found[1], found[2]
}
