package main

import (
	"fmt"
	"os"
	"reflect"
	"slices"
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

func TestSettingsRefused(t *testing.T) {
	for name, values := range map[string][]string{
		"MEDIA_UPLOAD_TTL":         {"soon", "-1m", "1d", "0", "0s"},
		"MEDIA_PENDING_TTL":        {"0", "x"},
		"MEDIA_DOWNLOAD_TTL":       {"0", "x"},
		"MEDIA_TRANSFER_GRACE":     {"0", "x"},
		"MEDIA_FAILED_TTL":         {"-1h", "never"},
		"MEDIA_SWEEP_INTERVAL":     {"-1s", "never"},
		"MEDIA_MAX_IMAGE_SIZE":     {"0", "-5", "big"},
		"MEDIA_MAX_VIDEO_SIZE":     {"0", "-5", "big", "8EiB"},
		"MEDIA_MAX_PIXELS":         {"0", "-1", "1e6", "9223372036854775808"},
		"MEDIA_DATABASE_URL":       {"mysql://h/d", "host=localhost"},
		"MEDIA_DATABASE_POOLED":    {"perhaps"},
		"MEDIA_PUBLIC_URL":         {"example.com", "ftp://example.com", "https://me@example.com", "https://example.com?x", "https://", "https://example.com#x"},
		"MEDIA_S3_PUBLIC_ENDPOINT": {"s3.example.com"},
		"MEDIA_CORS_ORIGINS":       {"example.com", "https://a.example/path", "https://a.example,b"},
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
	// What the library refuses is named by its option.
	for _, over := range []map[string]string{
		{"MEDIA_ALLOWED_TYPES": "image/svg+xml"}, {"MEDIA_S3_PREFIX": "/a/"}, {"MEDIA_PENDING_TTL": "1m"}, {"MEDIA_DOWNLOAD_TTL": "168h"},
		{"MEDIA_MAX_VIDEO_SIZE": "6GiB"},
	} {
		if _, err := readSettings(over); err == nil {
			t.Errorf("%v is let in", over)
		}
	}
}

func TestSettingsTaken(t *testing.T) {
	for name, values := range map[string][]string{
		"MEDIA_UPLOAD_TTL":     {"1s", "1", "168h"},
		"MEDIA_MAX_IMAGE_SIZE": {"1", "5GiB", "1000kB"},
		"MEDIA_MAX_PIXELS":     {"1", "9223372036854775807"},
		"MEDIA_DATABASE_URL":   {"postgres://h/d", "postgresql://h/d"},
		"MEDIA_PUBLIC_URL":     {"http://h", "https://h:1/a/b/"},
		"MEDIA_CORS_ORIGINS":   {"*", "https://a.example", " http://localhost:3000 ,, https://b.example"},
		"MEDIA_ALLOWED_TYPES":  {"image/png , image/jpeg"},
		"MEDIA_LOG_LEVEL":      {"debug", "WARN"},
	} {
		for _, value := range values {
			over := map[string]string{name: value}
			if name == "MEDIA_UPLOAD_TTL" {
				over["MEDIA_PENDING_TTL"] = "168h"
			}
			if _, err := readSettings(over); err != nil {
				t.Errorf("%s=%s: %v", name, value, err)
			}
		}
	}
	s, err := readSettings(map[string]string{"MEDIA_UPLOAD_TTL": "90", "MEDIA_MAX_IMAGE_SIZE": "2KiB", "MEDIA_CORS_ORIGINS": " http://a ,, http://b"})
	if err != nil || s.UploadTTL != lifetime(90*time.Second) || s.MaxImageSize != 2048 || !slices.Equal(s.CORSOrigins, list{"http://a", "http://b"}) {
		t.Errorf("read as %+v, %v", s, err)
	}
}

func TestByteSize(t *testing.T) {
	for text, want := range map[string]byteSize{
		"1": 1, "200MiB": 200 << 20, "200MB": 200e6, "4EiB": 1 << 62, "4611686018427387905": 0, "0": 0, "": 0, "-1": 0, "1 stone": 0,
	} {
		var got byteSize
		if err := got.UnmarshalText([]byte(text)); got != want || (err == nil) != (want > 0) {
			t.Errorf("%q is read as %d, %v; want %d", text, got, err, want)
		}
	}
}

// TestSettingsKeepSecrets has a value in the error of none that may hold a password.
func TestSettingsKeepSecrets(t *testing.T) {
	_, err := readSettings(map[string]string{"MEDIA_DATABASE_URL": "mysql://me:hunter2@h/d", "MEDIA_PUBLIC_URL": "https://me:hunter2@h", "MEDIA_S3_PATH_STYLE": "hunter2", "MEDIA_UPLOAD_TTL": "hunter2"})
	if err == nil || strings.Contains(err.Error(), "hunter2") {
		t.Errorf("the error: %v", err)
	}
	if lines := strings.Count(err.Error(), "\n") + 1; lines != 4 {
		t.Errorf("%d faults are told of 4: %v", lines, err)
	}
}
