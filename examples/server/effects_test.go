package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/url"
	"reflect"
	"strings"
	"testing"
	"time"
)

// TestEverySettingHasAnEffect looks at what each variable changes.
func TestEverySettingHasAnEffect(t *testing.T) {
	for _, field := range reflect.VisibleFields(reflect.TypeFor[settings]()) {
		name := field.Tag.Get("env")
		effect, ok := effects[name]
		if !ok {
			t.Errorf("nobody looks at the effect of %s", name)
			continue
		}
		t.Run(name, func(t *testing.T) {
			if effect.aws {
				for name, value := range map[string]string{
					"AWS_REGION": "eu-central-1", "AWS_ACCESS_KEY_ID": "id", "AWS_SECRET_ACCESS_KEY": "secret",
					"AWS_ENDPOINT_URL": "", "AWS_ENDPOINT_URL_S3": "", "AWS_PROFILE": "",
				} {
					t.Setenv(name, value) // the SDK reads the process's own
				}
			}
			over := map[string]string{name: effect.value}
			for i := 0; i < len(effect.with); i += 2 {
				over[effect.with[i]] = effect.with[i+1]
			}
			effect.look(t, embedded(t, over))
		})
	}
}

// effects holds, for each variable, a value that isn't the default, and how to tell it from
// the default.
var effects = map[string]struct {
	value string
	look  func(t *testing.T, environ map[string]string)
	with  []string // other variables: pairs of name and value
	aws   bool     // it takes AWS's settings too
}{
	"MEDIA_ADDR": {value: "127.0.0.2:0", look: func(t *testing.T, environ map[string]string) {
		if addr := start(t, environ).listening(t)["addr"]; !strings.HasPrefix(addr, "127.0.0.2:") {
			t.Errorf("it listens on %s", addr)
		}
	}},
	"MEDIA_ADMIN_ADDR": {value: "127.0.0.2:0", look: func(t *testing.T, environ map[string]string) {
		s := start(t, environ)
		if admin := s.listening(t)["admin"]; !strings.HasPrefix(admin, "127.0.0.2:") || s.ask(t, "GET", "/livez", "").status != 404 {
			t.Errorf("operators reach it at %s and in public", admin)
		}
	}},
	"MEDIA_PUBLIC_URL": {value: "http://media.example/api/", look: func(t *testing.T, environ map[string]string) {
		s := start(t, environ)
		s.base = "http://" + s.listening(t)["addr"] + "/api"
		if url, _ := request(s.create(t)); !strings.HasPrefix(url, "http://media.example/api/blobs/") {
			t.Errorf("an upload goes to %s", url)
		}
	}},
	"MEDIA_DATABASE_URL": {value: "postgres://elsewhere", look: func(t *testing.T, environ map[string]string) {
		if message := postgresStartup(t, environ); !strings.Contains(message, "user\x00someone\x00") {
			t.Errorf("PostgreSQL gets %q", message)
		}
	}},
	"MEDIA_DATABASE_POOLED": {value: "true", look: func(t *testing.T, environ map[string]string) {
		pooled := postgresStartup(t, environ)
		environ["MEDIA_DATABASE_POOLED"] = "false"
		direct := postgresStartup(t, environ)
		if strings.Contains(pooled, "statement_timeout") || !strings.Contains(direct, "statement_timeout") {
			t.Errorf("a pooler gets %q, PostgreSQL itself %q", pooled, direct)
		}
	}},
	"MEDIA_DATA_DIR": {value: "", look: func(t *testing.T, environ map[string]string) {
		t.Chdir(t.TempDir())
		environ["MEDIA_DATA_DIR"] = "elsewhere"
		start(t, environ)
		if files := glob(t, "elsewhere"); len(files) < 3 || len(glob(t, "data")) > 0 {
			t.Errorf("the files: %q", files)
		}
	}},
	"MEDIA_S3_BUCKET": {value: "bucket-1", aws: true, look: func(t *testing.T, environ map[string]string) {
		wantUploadTo(t, environ, "bucket-1.s3.eu-central-1.amazonaws.com", "/media/")
	}},
	"MEDIA_S3_PREFIX": {value: "a/b", aws: true, with: []string{"MEDIA_S3_BUCKET", "bucket-1"}, look: func(t *testing.T, environ map[string]string) {
		wantUploadTo(t, environ, "bucket-1.s3.eu-central-1.amazonaws.com", "/a/b/")
	}},
	"MEDIA_S3_PATH_STYLE": {value: "true", aws: true, with: []string{"MEDIA_S3_BUCKET", "bucket-1"}, look: func(t *testing.T, environ map[string]string) {
		wantUploadTo(t, environ, "s3.eu-central-1.amazonaws.com", "/bucket-1/media/")
	}},
	"MEDIA_S3_PUBLIC_ENDPOINT": {value: "https://public.example:9000", aws: true, with: []string{"MEDIA_S3_BUCKET", "bucket-1", "MEDIA_S3_PATH_STYLE", "true"}, look: func(t *testing.T, environ map[string]string) {
		wantUploadTo(t, environ, "public.example:9000", "/bucket-1/media/")
	}},
	"MEDIA_UPLOAD_TTL": {value: "90s", look: func(t *testing.T, environ map[string]string) {
		created := start(t, environ).create(t)
		wantBetween(t, created["created_at"], created["upload"].(map[string]any)["expires_at"], 85*time.Second, 91*time.Second)
	}},
	"MEDIA_PENDING_TTL": {value: "36h", look: func(t *testing.T, environ map[string]string) {
		created := start(t, environ).create(t)
		wantBetween(t, created["created_at"], created["expires_at"], 36*time.Hour, 36*time.Hour+time.Second)
	}},
	"MEDIA_DOWNLOAD_TTL": {value: "3h", look: func(t *testing.T, environ map[string]string) {
		ready := start(t, environ).finalized(t)
		wantBetween(t, ready["ready_at"], ready["download"].(map[string]any)["expires_at"], 3*time.Hour, 3*time.Hour+5*time.Minute+time.Second)
	}},
	"MEDIA_FAILED_TTL": {value: "36h", look: func(t *testing.T, environ map[string]string) {
		wantOption(t, environ, "FailedTTL", 36*time.Hour)
		environ["MEDIA_FAILED_TTL"] = "0"
		wantOption(t, environ, "FailedTTL", time.Duration(-1))
	}},
	"MEDIA_TRANSFER_GRACE": {value: "2h", look: func(t *testing.T, environ map[string]string) {
		wantOption(t, environ, "TransferGrace", 2*time.Hour)
		s, err := readSettings(environ)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.diskOptions("", nil, nil).MaxUploadTime; got != 2*time.Hour {
			t.Errorf("the local disk's limit is %v; want 2 h", got)
		}
	}},
	"MEDIA_SWEEP_INTERVAL": {value: "10ms", look: func(t *testing.T, environ map[string]string) {
		s := start(t, environ)
		s.create(t)
		for t.Context().Err() == nil && !strings.Contains(s.ask(t, "GET", "/tags", "").body, `"media_count":1`) {
		}
	}},
	"MEDIA_MAX_IMAGE_SIZE": {value: "10", look: func(t *testing.T, environ map[string]string) {
		wantLimit(t, environ, `"image":10`)
	}},
	"MEDIA_MAX_VIDEO_SIZE": {value: "11", look: func(t *testing.T, environ map[string]string) {
		wantLimit(t, environ, `"video":11`)
	}},
	"MEDIA_MAX_PIXELS": {value: "12", look: func(t *testing.T, environ map[string]string) {
		wantLimit(t, environ, `"max_pixels":12`)
	}},
	"MEDIA_ALLOWED_TYPES": {value: "image/png,video/mp4", look: func(t *testing.T, environ map[string]string) {
		wantLimit(t, environ, `"types":{"image":["image/png"],"video":["video/mp4"]}`)
	}},
	"MEDIA_CORS_ORIGINS": {value: "https://app.example", look: func(t *testing.T, environ map[string]string) {
		a := start(t, environ).ask(t, "GET", "/media", "", "Origin", "https://app.example")
		if allowed := a.header.Get("Access-Control-Allow-Origin"); allowed != "https://app.example" {
			t.Errorf("allowed to %q", allowed)
		}
	}},
	"MEDIA_LOG_LEVEL": {value: "error", look: func(t *testing.T, environ map[string]string) {
		s := start(t, environ)
		s.ask(t, "GET", "/media", "")
		if _ = s.end(); s.log.String() != "" {
			t.Errorf("the log: %s", s.log)
		}
	}},
	"MEDIA_LOG_FORMAT": {value: "text", look: func(t *testing.T, environ map[string]string) {
		s := start(t, environ)
		if _ = s.end(); !strings.Contains(s.log.String(), " level=INFO msg=listening ") {
			t.Errorf("the log: %s", s.log)
		}
	}},
}

// postgresStartup returns the first message that the server sends to a PostgreSQL, which
// then goes away.
func postgresStartup(t *testing.T, environ map[string]string) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	environ["MEDIA_DATABASE_URL"] = "postgres://someone:hunter2@" + listener.Addr().String() + "/media?sslmode=disable"
	ended := make(chan error, 1)
	go func() {
		p := program{environ: environ, vars: newVars(), stdout: io.Discard, stderr: io.Discard}
		ended <- p.run(t.Context())
	}()
	conn, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	var message bytes.Buffer
	piece := make([]byte, 4096)
	n, err := conn.Read(piece)
	message.Write(piece[:n])
	conn.Close()
	listener.Close()
	if why := <-ended; err != nil || why == nil || strings.Contains(why.Error(), "hunter2") {
		t.Errorf("it ended with %v, %v", why, err)
	}
	return message.String()
}

func wantUploadTo(t *testing.T, environ map[string]string, host, path string) {
	t.Helper()
	to, _ := request(start(t, environ).create(t))
	if u, err := url.Parse(to); err != nil || u.Host != host || !strings.HasPrefix(u.Path, path) {
		t.Errorf("an upload goes to %s, %v; want host %s and a path below %s", to, err, host, path)
	}
}

// wantBetween holds the time between two moments of an answer.
func wantBetween(t *testing.T, from, to any, least, most time.Duration) {
	t.Helper()
	var moments [2]time.Time
	for i, text := range []any{from, to} {
		var err error
		if moments[i], err = time.Parse(time.RFC3339, text.(string)); err != nil {
			t.Fatal(err)
		}
	}
	if between := moments[1].Sub(moments[0]); between < least || between > most {
		t.Errorf("from %v to %v are %v; want %v to %v", from, to, between, least, most)
	}
}

// wantOption holds an option of the library's, for what takes too long to look at.
func wantOption(t *testing.T, environ map[string]string, name string, want any) {
	t.Helper()
	s, err := readSettings(environ)
	if err != nil {
		t.Fatal(err)
	}
	if got := reflect.ValueOf(s.mediaOptions()).Elem().FieldByName(name).Interface(); got != want {
		t.Errorf("%s is %v; want %v", name, got, want)
	}
}

func wantLimit(t *testing.T, environ map[string]string, want string) {
	t.Helper()
	if limits := start(t, environ).ask(t, "GET", "/limits", ""); !strings.Contains(limits.body, want) {
		t.Errorf("the limits are %s; want %s", limits.body, want)
	}
}

// TestS3NeedsARegion names what AWS's SDK would only miss at the first call.
func TestS3NeedsARegion(t *testing.T) {
	for _, name := range []string{"AWS_REGION", "AWS_DEFAULT_REGION", "AWS_PROFILE"} {
		t.Setenv(name, "")
	}
	t.Setenv("AWS_CONFIG_FILE", t.TempDir()+"/none")
	t.Setenv("AWS_SHARED_CREDENTIALS_FILE", t.TempDir()+"/none")
	if _, err := openBlobs(context.Background(), settings{S3Bucket: "bucket-1"}, "", silent); err == nil || !strings.Contains(err.Error(), "AWS_REGION") {
		t.Errorf("opened with %v", err)
	}
}
