package main

import (
	"bytes"
	"fmt"
	"log/slog"
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
		"MEDIA_UPLOAD_TTL":         {"soon", "-1m", "1d", "0", "0s", "500ms", "169h"},
		"MEDIA_PENDING_TTL":        {"0", "x", "1m"},
		"MEDIA_DOWNLOAD_TTL":       {"0", "x", "168h"},
		"MEDIA_TRANSFER_GRACE":     {"0", "x", "8761h"},
		"MEDIA_FAILED_TTL":         {"-1h", "never"},
		"MEDIA_SWEEP_INTERVAL":     {"-1s", "never"},
		"MEDIA_MAX_IMAGE_SIZE":     {"0", "-5", "big", "6GiB"},
		"MEDIA_MAX_VIDEO_SIZE":     {"0", "-5", "big", "6GiB", "8EiB"},
		"MEDIA_MAX_PIXELS":         {"0", "-1", "1e6", "9223372036854775808"},
		"MEDIA_DATABASE_URL":       {"mysql://h/d", "host=localhost"},
		"MEDIA_DATABASE_POOLED":    {"perhaps"},
		"MEDIA_PUBLIC_URL":         {"example.com", "ftp://example.com", "https://me@example.com", "https://example.com?x", "https://", "https://:80", "https://example.com#x", "http://h/a/../b", "http://h/a//b", "http://h/.", "http://h/a b", "http://h/a%20b", "http://h/{a}"},
		"MEDIA_S3_PUBLIC_ENDPOINT": {"s3.example.com"},
		"MEDIA_CORS_ORIGINS":       {"example.com", "https://a.example/path", "https://a.example,b"},
		"MEDIA_LOG_FORMAT":         {"xml"},
		"MEDIA_LOG_LEVEL":          {"loud"},
		"MEDIA_S3_PATH_STYLE":      {"perhaps"},
		"MEDIA_S3_PREFIX":          {"/a/"},
		"MEDIA_ALLOWED_TYPES":      {"image/svg+xml"},
		"MEDIA_ADDR":               {"8080", "localhost"},
		"MEDIA_ADMIN_ADDR":         {"8081", "127.0.0.1:8080"}, // the second one is MEDIA_ADDR's
	} {
		for _, value := range values {
			_, err := readSettings(map[string]string{name: value})
			if err == nil || !strings.HasPrefix(err.Error(), name) || strings.Contains(err.Error(), "\n") && name != "MEDIA_UPLOAD_TTL" {
				t.Errorf("%s=%s: %v; want an error that begins with the name", name, value, err)
			}
		}
	}
}

// TestSettingsWanted: the error of a word tells which words are taken.
func TestSettingsWanted(t *testing.T) {
	for name, want := range map[string]string{
		"MEDIA_LOG_LEVEL":       "MEDIA_LOG_LEVEL: want debug, info, warn or error",
		"MEDIA_LOG_FORMAT":      "MEDIA_LOG_FORMAT: want text or json",
		"MEDIA_DATABASE_POOLED": "MEDIA_DATABASE_POOLED: want true or false",
		"MEDIA_SWEEP_INTERVAL":  "MEDIA_SWEEP_INTERVAL: want a duration of 0 or longer, such as 15m",
		"MEDIA_UPLOAD_TTL":      "MEDIA_UPLOAD_TTL: want a duration longer than 0, such as 15m",
	} {
		if _, err := readSettings(map[string]string{name: "-1"}); err == nil || err.Error() != want {
			t.Errorf("%s=-1: %v; want %s", name, err, want)
		}
	}
}

// TestWarnOfUnknown has a name that is misspelt.
func TestWarnOfUnknown(t *testing.T) {
	var log bytes.Buffer
	warnOfUnknown(map[string]string{"MEDIA_UPLOAD_TLT": "hunter2", "MEDIA_UPLOAD_TTL": "1m", "MEDIAN": "1"}, slog.New(slog.NewTextHandler(&log, nil)))
	if got := log.String(); strings.Count(got, "\n") != 1 || !strings.Contains(got, "variable=MEDIA_UPLOAD_TLT\n") || strings.Contains(got, "hunter2") {
		t.Errorf("the log: %s", got)
	}
}

// TestSettingsThatPromise: whoever sets one of these must not believe that it does something.
func TestSettingsThatPromise(t *testing.T) {
	for _, name := range promises {
		if _, err := readSettings(map[string]string{name: "x-tenant"}); err == nil || !strings.HasPrefix(err.Error(), name+": ") {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := readSettings(map[string]string{name: ""}); err != nil {
			t.Errorf("an empty %s: %v", name, err)
		}
	}
}

func TestSettingsTaken(t *testing.T) {
	for name, values := range map[string][]string{
		"MEDIA_UPLOAD_TTL":     {"1s", "1", "168h"},
		"MEDIA_MAX_IMAGE_SIZE": {"1", "5GiB", "1000kB"},
		"MEDIA_MAX_PIXELS":     {"1", "9223372036854775807"},
		"MEDIA_DATABASE_URL":   {"postgres://h/d", "postgresql://h/d"},
		"MEDIA_PUBLIC_URL":     {"http://h", "http://h/", "http://[::1]:80//", "https://h:1/a/b-._~B/"},
		"MEDIA_ADDR":           {":8080", "[::1]:http", "127.0.0.1:0"},
		"MEDIA_ADMIN_ADDR":     {"127.0.0.1:8081", ":8080"},
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
