package integration_test

import (
	"bytes"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const (
	modulePath = "github.com/seed-f0df946f/mediakit"
	// maxHostDownload is the most that "go mod tidy" may fetch for a host that uses
	// PostgreSQL, S3 and the routes, so that it doesn't grow unseen: what was measured
	// (25.7 MB zipped) and a little more. x/text takes 7.3 MB of that, which pgx needs
	// too. validator brings 10.2: locales 5.2, crypto 2.3, go-urn 2.2 and itself 0.4. Code,
	// not tests, imports each of them, and no other version is smaller.
	maxHostDownload = 26_000_000
)

// hostProgram imports all that a host needs.
const hostProgram = `package main

import (
	_ "` + modulePath + `/blob/s3blob"
	_ "` + modulePath + `/httpapi"
	_ "` + modulePath + `/media"
	_ "` + modulePath + `/storage/postgres"
)

func main() {}
`

func TestHostModule(t *testing.T) {
	t.Parallel()
	checkout := goCommand(t, ".", nil, "list", "-m", "-f", "{{.Dir}}", modulePath)
	host := newHostModule(t, checkout)

	downloaded := tidyFromScratch(t, host)
	t.Logf("go mod tidy downloaded %.1f MB", float64(downloaded)/1e6)
	if downloaded >= maxHostDownload {
		t.Errorf("a host downloads %d bytes, want less than %d", downloaded, maxHostDownload)
	}
	goCommand(t, host, nil, "build", "-o", filepath.Join(t.TempDir(), "host"), ".")

	refuseDependencies(t, host, ".", "testcontainers", "docker", "moby", "sqlite", "expvar")
	refuseDependencies(t, checkout, "./media", "net/http", "database/sql", "uptrace/bun", "aws-sdk-go")
}

// newHostModule makes a module that requires this one, as it is in the checkout.
func newHostModule(t *testing.T, checkout string) (dir string) {
	t.Helper()
	dir = t.TempDir()
	mod := fmt.Sprintf("module example.com/host\n\ngo 1.26.0\n\nrequire %s v0.0.0\n\nreplace %[1]s => %s\n", modulePath, checkout)
	for name, content := range map[string]string{"go.mod": mod, "main.go": hostProgram} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// tidyFromScratch completes the host's module files with an empty module cache. It returns
// how many bytes of modules came into the cache.
func tidyFromScratch(t *testing.T, host string) (downloaded int64) {
	t.Helper()
	modules := t.TempDir()
	env := strings.Split(goCommand(t, ".", nil, "env", "GOMODCACHE", "GOPROXY"), "\n")
	goCommand(t, host, []string{
		"GOMODCACHE=" + modules,
		"GOFLAGS=-modcacherw", // else the cache couldn't be removed
		// What has been downloaded for this module needs no network a second time.
		"GOPROXY=file://" + filepath.ToSlash(filepath.Join(env[0], "cache", "download")) + "," + env[1],
		"GOSUMDB=off", // go.sum of the checkout has been checked
		"GOTOOLCHAIN=local",
	}, "mod", "tidy")
	return zippedBytes(t, filepath.Join(modules, "cache", "download"))
}

// zippedBytes adds up the module zips below a folder.
func zippedBytes(t *testing.T, root string) (total int64) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".zip" {
			return err
		}
		info, err := entry.Info()
		if err != nil {
			return err
		}
		total += info.Size()
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return total
}

// refuseDependencies fails the test if the package depends on one of the names. An element
// of the import path must begin with the name.
func refuseDependencies(t *testing.T, dir, pkg string, names ...string) {
	t.Helper()
	for dependency := range strings.Lines(goCommand(t, dir, nil, "list", "-deps", pkg)) {
		dependency = strings.TrimSpace(dependency)
		if dependency == "database/sql/driver" {
			continue // only its types, for values that know how they are stored
		}
		if slices.ContainsFunc(names, func(name string) bool { return strings.Contains("/"+dependency, "/"+name) }) {
			t.Errorf("%s depends on %s", pkg, dependency)
		}
	}
}

// goCommand runs the go command and returns what it printed.
func goCommand(t *testing.T, dir string, env []string, args ...string) string {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", args...)
	command.Dir = dir
	command.Env = append(os.Environ(), env...)
	var stderr bytes.Buffer
	command.Stderr = &stderr
	out, err := command.Output()
	if err != nil {
		t.Fatalf("%v: %v\n%s", command, err, &stderr)
	}
	return strings.TrimSpace(string(out))
}
