package main

import (
	"encoding/json"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestTransferCause: if the folder of the blobs was replaced, an upload fails, and the
// log tells why, under the id that the client was given.
func TestTransferCause(t *testing.T) {
	environ := map[string]string{"MEDIA_ADDR": "127.0.0.1:0", "MEDIA_DATA_DIR": t.TempDir()}
	s := start(t, environ)
	url, header := request(s.create(t))
	dir := filepath.Join(environ["MEDIA_DATA_DIR"], "blobs")
	if err := os.Rename(dir, dir+".old"); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	a := ask(t, "PUT", url, string(gif), header...)
	if a.status != http.StatusInternalServerError {
		t.Errorf("upload: %d, want 500", a.status)
	}
	_, signature, _ := strings.Cut(url, "signature=")
	if _ = s.end(); strings.Contains(s.log.String(), signature) {
		t.Error("the log tells the signature")
	}
	causes := 0
	for line := range strings.Lines(s.log.String()) {
		var attrs struct {
			Msg, Error string
			RequestID  string `json:"request_id"`
		}
		if err := json.Unmarshal([]byte(line), &attrs); err != nil {
			t.Fatal(err)
		}
		if attrs.Msg == "transfer failed" && attrs.Error != "" && attrs.RequestID == a.header.Get("X-Request-Id") {
			causes++
		}
	}
	if causes != 1 {
		t.Errorf("the log tells %d causes, want 1: %s", causes, s.log)
	}
}
