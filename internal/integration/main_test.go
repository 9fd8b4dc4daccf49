// Package integration_test runs the library against the real things: PostgreSQL and an
// S3 server in containers, the real program, a module that imports this one.
//
// One container of each kind serves the whole package, started by the first test that
// asks for it and stopped by TestMain. Tests share no state all the same: each gets a
// database or a bucket of its own, so all of them may run in parallel.
//
// The images can be replaced through MEDIAKIT_TEST_POSTGRES_IMAGE and
// MEDIAKIT_TEST_VERSITYGW_IMAGE. Where no Docker engine answers, the tests that need
// one are skipped; MEDIAKIT_REQUIRE_DOCKER=1 makes them fail instead.
package integration_test

import (
	"context"
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

// leftovers are what TestMain has to clean up: all that outlives the test it was made in.
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

// requireDocker skips the test where no Docker engine answers, or fails it where the
// environment demands one.
func requireDocker(t testing.TB) {
	t.Helper()
	err := dockerAnswers()
	if err == nil {
		return
	}
	if os.Getenv("MEDIAKIT_REQUIRE_DOCKER") == "1" {
		t.Fatalf("MEDIAKIT_REQUIRE_DOCKER=1, but no Docker engine answers: %v", err)
	}
	t.Skip("no Docker engine answers")
}

// dockerAnswers asks once. The client takes no context while it looks for the engine,
// so an engine that accepts connections and then says nothing has to be given up on.
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

// pingDocker looks for the engine where testcontainers will look for it.
func pingDocker() (err error) {
	defer func() {
		if r := recover(); r != nil { // some lookups panic where there is no engine
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
	if container != nil { // there is one even where it did not get ready in time
		atEnd(func() { stopContainer(container) })
	}
	if err != nil {
		return nil, fmt.Errorf("start %s: %w", image, err)
	}
	return container, nil
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
