package signedurl_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-f0df946f/mediakit/blob/internal/signedurl"
	"github.com/seed-f0df946f/mediakit/media"
)

// logged serves a signed request, with the header that a middleware sets, and returns
// the log's lines as "level message error request_id".
func logged(ctx context.Context, t *testing.T, s signedurl.Storage, signed media.SignedRequest) []string {
	t.Helper()
	var log bytes.Buffer
	r := httptest.NewRequestWithContext(ctx, signed.Method, signed.URL, bytes.NewReader(content))
	for name, value := range signed.Headers {
		r.Header.Set(name, value)
	}
	w := httptest.NewRecorder()
	w.Header().Set("X-Request-Id", "id")
	loggingHandler(s, slog.New(slog.NewJSONHandler(&log, nil))).ServeHTTP(w, r)
	_, query, _ := strings.Cut(signed.URL, "?")
	for secret := range strings.SplitSeq(query, "&") {
		if strings.Contains(log.String(), secret) {
			t.Errorf("the log tells %q: %s", secret, &log)
		}
	}
	var lines []string
	for decoder := json.NewDecoder(&log); ; {
		var line struct {
			Level, Msg, Error string
			ID                string `json:"request_id"`
		}
		if err := decoder.Decode(&line); err == io.EOF {
			return lines
		} else if err != nil {
			t.Fatal(err)
		}
		lines = append(lines, strings.Join([]string{line.Level, line.Msg, line.Error, line.ID}, " "))
	}
}

// TestReport: each 5xx is logged with its cause and the request's id, and nothing else is.
func TestReport(t *testing.T) {
	upload, download := sign(t)
	full := fmt.Errorf("%w: the disk is full", media.ErrUnavailable)
	for _, signed := range []media.SignedRequest{upload, download} {
		for err, want := range map[error][]string{
			errors.New("boom"):    {"ERROR transfer failed boom id"},
			full:                  {"ERROR transfer failed " + full.Error() + " id"},
			nil:                   nil,
			media.ErrNoObject:     nil,
			media.ErrObjectExists: nil,
		} {
			if err == media.ErrObjectExists && signed.Method == http.MethodGet {
				continue // no such error comes from a read
			}
			if diff := cmp.Diff(want, logged(t.Context(), t, storage{err}, signed)); diff != "" {
				t.Errorf("%s with %v (-want +got):\n%s", signed.Method, err, diff)
			}
		}
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	want := []string{"WARN transfer failed context canceled id"}
	if diff := cmp.Diff(want, logged(gone, t, storage{gone.Err()}, upload)); diff != "" {
		t.Errorf("a client that went away (-want +got):\n%s", diff)
	}
}

// unreadable has an object that can't be read, or not to its end.
type unreadable struct {
	storage
	open error
}

func (u unreadable) ReadAt(context.Context, string, media.Pin, int64, int64) (io.ReadCloser, error) {
	return io.NopCloser(io.MultiReader(strings.NewReader("the"), errReader{})), u.open
}

// TestReportBrokenOff: a download that breaks off after its status was sent is logged.
func TestReportBrokenOff(t *testing.T) {
	_, download := sign(t)
	for _, c := range []struct {
		s    unreadable
		want string
	}{
		{unreadable{open: errors.New("boom")}, "ERROR transfer failed signedurl: reading on at 0: boom id"},
		{unreadable{}, "ERROR transfer failed unexpected EOF id"},
	} {
		if diff := cmp.Diff([]string{c.want}, logged(t.Context(), t, c.s, download)); diff != "" {
			t.Errorf("the log (-want +got):\n%s", diff)
		}
	}
}
