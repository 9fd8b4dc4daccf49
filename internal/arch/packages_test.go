// Package arch_test checks the architecture: what each package may import, which folders
// there are, and how long files and functions may get. If a test fails here, first
// decide whether the architecture should change; don't just add a row.
package arch_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"sync"
	"testing"
)

const (
	modulePath = "github.com/seed-f0df946f/mediakit"
	moduleRoot = "../.."
)

// listed is what "go list" tells about a package.
type listed struct {
	ImportPath   string
	Dir          string
	Standard     bool
	ForTest      string
	Module       *struct{ Path string }
	GoFiles      []string
	TestGoFiles  []string
	XTestGoFiles []string
	Imports      []string
	TestImports  []string
	XTestImports []string
	Deps         []string
}

// name is the path inside the module, such as "storage/postgres".
func (p listed) name() string { return strings.TrimPrefix(p.ImportPath, modulePath+"/") }

// isOurs tells our packages from others, and from the variants that "go list -test"
// makes of them.
func (p listed) isOurs() bool {
	return p.Module != nil && p.Module.Path == modulePath && p.ForTest == "" && !strings.HasSuffix(p.ImportPath, ".test")
}

// allPackages lists our packages, their tests, and all that they depend on, by import
// path.
var allPackages = sync.OnceValues(func() (map[string]listed, error) {
	list := exec.Command("go", "list", "-deps", "-test",
		"-json=ImportPath,Dir,Standard,ForTest,Module,GoFiles,TestGoFiles,XTestGoFiles,Imports,TestImports,XTestImports,Deps", "./...")
	list.Dir = moduleRoot
	var stderr bytes.Buffer
	list.Stderr = &stderr
	out, err := list.Output()
	if err != nil {
		return nil, fmt.Errorf("%v: %w\n%s", list, err, &stderr)
	}
	all := make(map[string]listed)
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := decoder.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, err
		}
		all[p.ImportPath] = p
	}
})

func packages(t *testing.T) map[string]listed {
	t.Helper()
	all, err := allPackages()
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// eachPackage runs a subtest for each package of ours.
func eachPackage(t *testing.T, test func(*testing.T, listed)) {
	t.Helper()
	for _, p := range packages(t) {
		if p.isOurs() {
			t.Run(p.name(), func(t *testing.T) { test(t, p) })
		}
	}
}
