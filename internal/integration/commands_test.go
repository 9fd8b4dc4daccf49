package integration_test

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/go-cmp/cmp"
)

// command runs the program with arguments until it ends.
func command(t *testing.T, environ map[string]string, args ...string) (stdout, stderr string, code int) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, buildServer(t), args...)
	for name, value := range environ {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	var out, complaints strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &complaints
	var exit *exec.ExitError
	if err := cmd.Run(); err != nil && !errors.As(err, &exit) {
		t.Fatal(err)
	}
	return out.String(), complaints.String(), cmd.ProcessState.ExitCode()
}

func TestUsage(t *testing.T) {
	t.Parallel()
	for _, args := range [][]string{{"docter"}, {"doctor", "now"}, {"-h"}} {
		stdout, stderr, code := command(t, nil, args...)
		if code != 2 || stdout != "" || !strings.HasPrefix(stderr, "usage: server") {
			t.Errorf("server %q ended with %d: %q, %q; want 2 and the usage", args, code, stdout, stderr)
		}
	}
}

// doctorLines are the names of the lines that the doctor prints, whatever the store.
var doctorLines = []string{
	"may-put", "may-head", "may-get", "may-list", "may-delete", "upload", "download",
	"length", "type", "sha256", "create-only", "signed-headers", "added-headers", "expiry", "tampering", "private",
	"checksum", "multipart", "clock", "cors",
}

var doctorLine = regexp.MustCompile(`(?m)^([a-z0-9-]+) +(ok|no|unknown) +\S`)

// read returns the status of each line that the doctor prints, by its name.
func read(t *testing.T, table string) map[string]string {
	t.Helper()
	var names []string
	lines := make(map[string]string)
	for _, line := range doctorLine.FindAllStringSubmatch(table, -1) {
		names = append(names, line[1])
		lines[line[1]] = line[2]
	}
	if diff := cmp.Diff(doctorLines, names); diff != "" {
		t.Errorf("lines (-want +got):\n%s", diff)
	}
	return lines
}

func TestDoctor(t *testing.T) {
	onEachSetup(t, func(t *testing.T, environ map[string]string) {
		environ["MEDIA_CORS_ORIGINS"] = page
		if bucket := environ["MEDIA_S3_BUCKET"]; bucket != "" {
			stdout, stderr, code := command(t, environ, "doctor")
			if lines := read(t, stdout); code != 1 || lines["cors"] != "no" || !strings.HasSuffix(stderr, "needs it: cors\n") {
				t.Errorf("without a CORS rule it ended with %d: %v, %s", code, lines, stderr)
			}
			allowPage(t, newS3Client(requireVersitygw(t)), bucket)
		}
		stdout, stderr, code := command(t, environ, "doctor")
		lines := read(t, stdout)
		for _, name := range doctorLines {
			disk := environ["MEDIA_S3_BUCKET"] == ""
			if lines[name] != "ok" && !(disk && name == "multipart") {
				t.Errorf("%s is %q", name, lines[name])
			}
		}
		if code != 0 {
			t.Errorf("it ended with %d: %s%s", code, stdout, stderr)
		}
	})
}

// TestDoctorBesideTheServer runs the doctor while a server has its address: it must ask
// that server, as clients do.
func TestDoctorBesideTheServer(t *testing.T) {
	t.Parallel()
	environ := setups["embedded"](t)
	s := startServer(t, environ)
	environ["MEDIA_ADDR"] = strings.TrimPrefix(s.base, "http://")
	stdout, stderr, code := command(t, environ, "doctor")
	if lines := read(t, stdout); code != 0 || lines["upload"] != "ok" {
		t.Errorf("it ended with %d: %s%s", code, stdout, stderr)
	}
	if !strings.Contains(s.out.String(), `"route":"/blobs/"`) {
		t.Error("the server wasn't asked")
	}
}

// TestDoctorOutOfReach has a public URL at which nobody answers.
func TestDoctorOutOfReach(t *testing.T) {
	t.Parallel()
	environ := setups["embedded"](t)
	environ["MEDIA_PUBLIC_URL"] = "http://" + freeAddr(t)
	stdout, stderr, code := command(t, environ, "doctor")
	lines := read(t, stdout)
	if code != 1 || lines["may-put"] != "ok" || lines["upload"] != "unknown" || lines["sha256"] != "unknown" || !strings.Contains(stderr, "sha256") {
		t.Errorf("it ended with %d: %s%s", code, stdout, stderr)
	}
	if strings.Contains(stdout+stderr, "signature=") {
		t.Error("it tells a signed URL")
	}
}

// TestReconcileCommand removes an object behind the server's back.
func TestReconcileCommand(t *testing.T) {
	onEachSetup(t, func(t *testing.T, environ map[string]string) {
		s := startServer(t, environ)
		becomeReady(t, s, "kept.png", "image/png", sample(t, "sample.png"))
		id := becomeReady(t, s, "lost.jpg", "image/jpeg", sample(t, "sample.jpg"))
		if stdout, stderr, code := command(t, environ, "reconcile"); code != 0 || stdout != "" || stderr != "0 found\n" {
			t.Errorf("with nothing to find it ended with %d: %q, %q", code, stdout, stderr)
		}
		key := takeAway(t, environ, id)
		for range 2 { // the first run must have changed nothing
			stdout, stderr, code := command(t, environ, "reconcile")
			if want := "missing-object\t" + key + "\t" + id + "\t-\n"; code != 1 || stdout != want || stderr != "1 found\n" {
				t.Errorf("it ended with %d: %q, %q; want %q", code, stdout, stderr, want)
			}
		}
		s.do(t, "GET", "/media/"+id, nil).want(t, 200)
	})
}

// takeAway removes the object of a media and returns its object key.
func takeAway(t *testing.T, environ map[string]string, id string) (key string) {
	t.Helper()
	if bucket := environ["MEDIA_S3_BUCKET"]; bucket != "" {
		client, prefix := newS3Client(requireVersitygw(t)), "media/"+id
		list, err := client.ListObjectsV2(t.Context(), &s3.ListObjectsV2Input{Bucket: &bucket, Prefix: &prefix})
		if err != nil || len(list.Contents) != 1 {
			t.Fatalf("%d objects of %s, %v", len(list.Contents), id, err)
		}
		key = *list.Contents[0].Key
		if _, err := client.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &bucket, Key: &key}); err != nil {
			t.Fatal(err)
		}
		return key
	}
	dir := filepath.Join(environ["MEDIA_DATA_DIR"], "blobs")
	files, err := filepath.Glob(filepath.Join(dir, "media", id, "*"))
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files of %s, %v", len(files), id, err)
	}
	for _, file := range files {
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
	key, err = filepath.Rel(dir, slices.MinFunc(files, func(a, b string) int { return len(a) - len(b) })) // without its sidecar's suffix
	if err != nil {
		t.Fatal(err)
	}
	return filepath.ToSlash(key)
}

// TestReconcileWithoutDatabase has no database: the command must fail and make none.
func TestReconcileWithoutDatabase(t *testing.T) {
	t.Parallel()
	environ := setups["embedded"](t)
	stdout, stderr, code := command(t, environ, "reconcile")
	if code != 1 || stdout != "" || !strings.Contains(stderr, "media.db") {
		t.Errorf("it ended with %d: %q, %q", code, stdout, stderr)
	}
	if _, err := os.Stat(environ["MEDIA_DATA_DIR"]); !os.IsNotExist(err) {
		t.Errorf("it made the data directory: %v", err)
	}
}
