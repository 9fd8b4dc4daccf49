// Package integration_test runs the library against the real things: PostgreSQL and an
// S3 server in containers, the real program, a module that imports this one.
//
// One container of each kind serves the whole package, started by the first test that
// asks for it and stopped by TestMain. Tests share no state all the same: each gets a
// database or a bucket of its own, so all of them may run in parallel.
//
// MEDIAKIT_TEST_POSTGRES_IMAGE and MEDIAKIT_TEST_VERSITYGW_IMAGE name other images. If no
// Docker engine answers, or it can't get an image, the tests that need it are skipped;
// with MEDIAKIT_REQUIRE_DOCKER=1 they fail instead.
package integration_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/testcontainers/testcontainers-go"
)

const (
	dockerAnswersWithin = 2 * time.Second
	// startsWithin leaves time to pull an image.
	startsWithin = 3 * time.Minute
)

func TestMain(m *testing.M) {
	if dsn := os.Getenv(migrateEnv); dsn != "" {
		migrateAndExit(dsn)
	}
	code := m.Run()
	cleanUp()
	os.Exit(code)
}

// leftovers are what TestMain must clean up: what outlives the test that made it.
var leftovers struct {
	sync.Mutex
	cleanups []func()
}

// atEnd has f called once the package's last test is done.
func atEnd(f func()) {
	leftovers.Lock()
	defer leftovers.Unlock()
	leftovers.cleanups = append(leftovers.cleanups, f)
}

// cleanUp goes backwards, as deferred calls do.
func cleanUp() {
	leftovers.Lock()
	defer leftovers.Unlock()
	for _, f := range slices.Backward(leftovers.cleanups) {
		f()
	}
}

// requireDocker skips the test if no Docker engine answers, or fails it if the
// environment demands one.
func requireDocker(t testing.TB) {
	t.Helper()
	err := dockerAnswers()
	if err == nil {
		return
	}
	skip(t, fmt.Sprintf("no Docker engine answers: %v", err))
}

// skip ends a test because the machine lacks something. It fails the test if the
// environment demands that nothing is skipped.
func skip(t testing.TB, why string) {
	t.Helper()
	if dockerIsRequired() {
		t.Fatalf("MEDIAKIT_REQUIRE_DOCKER=1, but %s", why)
	}
	t.Skip(why)
}

func dockerIsRequired() bool { return os.Getenv("MEDIAKIT_REQUIRE_DOCKER") == "1" }

// requireStarted fails the test if a container did not start. It skips the test if only
// the image is missing: a machine without a network is no defect of ours.
func requireStarted(t testing.TB, err error) {
	t.Helper()
	var missing *missingImageError
	switch {
	case err == nil:
	case errors.As(err, &missing):
		skip(t, fmt.Sprintf("the image %s is not here and can't be pulled: %v", missing.image, missing.cause))
	default:
		t.Fatal(err)
	}
}

// missingImageError says that a container did not start because its image is missing.
type missingImageError struct {
	image string
	cause error
}

func (e *missingImageError) Error() string { return fmt.Sprintf("no image %s: %v", e.image, e.cause) }

// dockerAnswers asks once. The client takes no context while it looks for the engine. If
// the engine accepts a connection and then says nothing, only a time-out helps.
var dockerAnswers = sync.OnceValue(func() error {
	answer := make(chan error, 1)
	go func() { answer <- pingDocker() }()
	select {
	case err := <-answer:
		return err
	case <-time.After(dockerAnswersWithin):
		return fmt.Errorf("no answer within %v", dockerAnswersWithin)
	}
})

// pingDocker looks for the engine in the places in which testcontainers will.
func pingDocker() (err error) {
	defer func() {
		if r := recover(); r != nil { // some lookups panic if there is no engine
			err = fmt.Errorf("%v", r)
		}
	}()
	provider, err := testcontainers.NewDockerProvider()
	if err != nil {
		return err
	}
	defer func() { _ = provider.Close() }()
	return provider.Health(context.Background())
}

// runContainer starts a container that lives until the package's last test is done.
func runContainer(ctx context.Context, image string, options ...testcontainers.ContainerCustomizer) (*testcontainers.DockerContainer, error) {
	container, err := testcontainers.Run(ctx, image, options...)
	if container != nil { // there is one even if it did not get ready in time
		atEnd(func() { stopContainer(container) })
	}
	switch {
	case err == nil:
		return container, nil
	case container == nil && imageIsMissing(image):
		return nil, &missingImageError{image, err}
	default:
		return nil, fmt.Errorf("start %s: %w", image, err)
	}
}

// imageIsMissing asks the engine, which must answer. The error of a start doesn't tell:
// engines have many errors for a registry that is out of reach.
func imageIsMissing(image string) bool {
	provider, err := testcontainers.NewDockerProvider()
	if err != nil {
		return false
	}
	defer func() { _ = provider.Close() }()
	ctx, cancel := context.WithTimeout(context.Background(), dockerAnswersWithin)
	defer cancel()
	if provider.Health(ctx) != nil {
		return false
	}
	_, err = provider.Client().ImageInspect(ctx, image)
	return err != nil
}

// stopContainer gives it no time: nothing in it is worth a graceful stop.
func stopContainer(container testcontainers.Container) {
	if err := testcontainers.TerminateContainer(container, testcontainers.StopTimeout(0)); err != nil {
		fmt.Fprintln(os.Stderr, "stop a container:", err)
	}
}

// imageFrom returns the image that the environment variable names, or the default.
func imageFrom(variable, image string) string {
	if override := os.Getenv(variable); override != "" {
		return override
	}
	return image
}

// TestMissingImage checks that a missing image is told from a container that doesn't
// start. No name below .invalid exists (RFC 2606).
func TestMissingImage(t *testing.T) {
	t.Parallel()
	requireDocker(t)
	ctx, cancel := context.WithTimeout(t.Context(), startsWithin)
	defer cancel()
	const absent = "registry.invalid/mediakit/none:1"
	_, err := runContainer(ctx, absent)
	var missing *missingImageError
	if !errors.As(err, &missing) || missing.image != absent {
		t.Errorf("start without an image: %v, want a *missingImageError", err)
	}
	_, err = versitygwEndpoint()
	requireStarted(t, err)
	image := imageFrom("MEDIAKIT_TEST_VERSITYGW_IMAGE", versitygwImage)
	if _, err = runContainer(ctx, image, testcontainers.WithEntrypoint("/no-such-program")); err == nil || errors.As(err, &missing) {
		t.Errorf("start what isn't in the image: %v, want an error, but no *missingImageError", err)
	}
}
