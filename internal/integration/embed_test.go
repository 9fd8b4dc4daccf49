package integration_test

import (
	"bytes"
	"maps"
	"net/http"
	"os/exec"
	"testing"
	"time"
)

// TestEmbedExample runs the host app of examples/embed. One request stores a post of the
// host's, a media and its tags; the test takes it to the bytes that come back.
func TestEmbedExample(t *testing.T) {
	t.Parallel()
	program, err := build("embed")
	if err != nil {
		t.Fatal(err)
	}
	dsn, addr := newEmptyPostgres(t), freeAddr(t)
	environ := s3Settings(t)
	_, bucket := newBucket(t)
	maps.Copy(environ, map[string]string{"ADDR": addr, "DATABASE_URL": dsn, "BUCKET": bucket})
	cmd := exec.Command(program)
	for name, value := range environ {
		cmd.Env = append(cmd.Env, name+"="+value)
	}
	var out lockedBuffer
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill() // it doesn't end by itself
		_ = cmd.Wait()
		keepsSecrets(t, environ, out.String())
	})
	app := &server{base: "http://" + addr}
	within(t, 30*time.Second, func() bool {
		_, err := app.try("GET", "/api/media/media", nil)
		return err == nil
	})
	content := sample(t, "sample.jpg")
	post := declare("beach.jpg", "image/jpeg", content, "Beach")
	post["title"] = "At the sea"
	created := app.do(t, "POST", "/posts", post).want(t, 201).json
	upload := map[string]any{"requests": []any{created}}
	send(t, upload, content).want(t, http.StatusOK)
	ready := app.do(t, "POST", "/api/media/media/finalize", map[string]any{"id": created["media_id"]}).want(t, 200).json
	if got := download(t, ready).body; !bytes.Equal(got, content) {
		t.Errorf("%d bytes came back; want %d", len(got), len(content))
	}
	var title string
	row := openSQL(t, dsn).QueryRowContext(t.Context(), "SELECT title FROM posts WHERE media_id = $1", created["media_id"])
	if err := row.Scan(&title); err != nil || title != "At the sea" {
		t.Errorf("the post: %q, %v", title, err)
	}
	post["filename"] = "a/b"
	app.do(t, "POST", "/posts", post).want(t, 422)
}
