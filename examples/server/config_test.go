package main

import (
	"fmt"
	"os"
	"reflect"
	"strings"
	"testing"
	"time"
)

// TestReadmeListsTheSettings holds the README's table to the struct, both ways.
func TestReadmeListsTheSettings(t *testing.T) {
	readme, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	listed := strings.Count(string(readme), "\n| `MEDIA_")
	fields := reflect.VisibleFields(reflect.TypeFor[settings]())
	if listed != len(fields) {
		t.Errorf("the README lists %d settings; want %d", listed, len(fields))
	}
	for _, field := range fields {
		row := fmt.Sprintf("\n| `%s` |", field.Tag.Get("env"))
		if value, ok := field.Tag.Lookup("envDefault"); ok {
			row += fmt.Sprintf(" `%s` |", value)
		}
		if !strings.Contains(string(readme), row) {
			t.Errorf("the README has no row %q", row)
		}
	}
}

func TestSettings(t *testing.T) {
	s, err := readSettings(map[string]string{
		"MEDIA_UPLOAD_TTL": "900", "MEDIA_PENDING_TTL": "36h", "MEDIA_SWEEP_INTERVAL": "0",
		"MEDIA_MAX_IMAGE_SIZE": "200MiB", "MEDIA_MAX_VIDEO_SIZE": "1000",
		"MEDIA_ALLOWED_TYPES": "image/png, image/jpeg", "MEDIA_CORS_ORIGINS": "https://a.example,http://localhost:3000",
		"MEDIA_PUBLIC_URL": "https://media.example/api/",
	})
	if err != nil {
		t.Fatal(err)
	}
	options := s.mediaOptions()
	if options.UploadTTL != 15*time.Minute || options.PendingTTL != 36*time.Hour || s.SweepInterval != 0 {
		t.Errorf("durations %v, %v, %v", options.UploadTTL, options.PendingTTL, s.SweepInterval)
	}
	if options.MaxImageSize != 200<<20 || options.MaxVideoSize != 1000 {
		t.Errorf("sizes %d, %d", options.MaxImageSize, options.MaxVideoSize)
	}
	if want := []string{"image/png", "image/jpeg"}; !reflect.DeepEqual(options.AllowedTypes, want) {
		t.Errorf("types %q; want %q", options.AllowedTypes, want)
	}
}

func TestSettingsRefused(t *testing.T) {
	for name, values := range map[string][]string{
		"MEDIA_UPLOAD_TTL":         {"soon", "-1m", "1d"},
		"MEDIA_MAX_VIDEO_SIZE":     {"0", "-5", "big"},
		"MEDIA_DATABASE_URL":       {"mysql://h/d", "host=localhost"},
		"MEDIA_PUBLIC_URL":         {"example.com", "ftp://example.com", "https://me@example.com", "https://example.com?x"},
		"MEDIA_S3_PUBLIC_ENDPOINT": {"s3.example.com"},
		"MEDIA_CORS_ORIGINS":       {"example.com", "https://a.example/path"},
		"MEDIA_LOG_FORMAT":         {"xml"},
		"MEDIA_LOG_LEVEL":          {"loud"},
		"MEDIA_S3_PATH_STYLE":      {"perhaps"},
	} {
		for _, value := range values {
			if _, err := readSettings(map[string]string{name: value}); err == nil || !strings.Contains(err.Error(), name) {
				t.Errorf("%s=%s: %v; want an error that names it", name, value, err)
			}
		}
	}
}
