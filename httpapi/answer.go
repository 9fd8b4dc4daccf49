package httpapi

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"

	"github.com/go-json-experiment/json"
)

// encode writes v as JSON. It panics where it can't, which a wire type makes
// impossible: the answer is 500 then.
func encode(v any) []byte {
	// The order of a map's members would change the ETag of one and the same answer.
	body, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		panic(err)
	}
	return body
}

// write sends an answer in one piece.
func write(w http.ResponseWriter, status int, contentType string, body []byte) {
	h := w.Header()
	h.Set("Content-Type", contentType)
	h.Set("Content-Length", strconv.Itoa(len(body)))
	h.Set("X-Content-Type-Options", "nosniff")
	w.WriteHeader(status)
	_, _ = w.Write(body) // where this fails the client is gone
}

// writeJSON answers with v.
func writeJSON(w http.ResponseWriter, status int, v any) {
	write(w, status, "application/json", encode(v))
}

// writeSecret answers with v, which holds signed URLs or may: nobody keeps it.
func writeSecret(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Cache-Control", "no-store")
	writeJSON(w, status, v)
}

// writeFresh answers a GET: 200 with the body, or 304 where the client has it. The
// ETag is the body's hash, after the version where there is one.
func writeFresh(w http.ResponseWriter, r *http.Request, version string, body []byte) {
	hash := sha256.Sum256(body)
	tag := base64.RawURLEncoding.EncodeToString(hash[:16])
	if version != "" {
		tag = version + "." + tag
	}
	w.Header().Set("Cache-Control", "private, no-cache")
	w.Header().Set("ETag", `"`+tag+`"`)
	if notModified(r, tag) {
		w.Header().Del("Link") // it is part of what the client has
		w.WriteHeader(http.StatusNotModified)
		return
	}
	write(w, http.StatusOK, "application/json", body)
}
