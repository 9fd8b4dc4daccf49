package httpapi

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"

	"github.com/go-json-experiment/json"
)

// answer is what a client gets. A handler sets the headers that only some answers have.
type answer struct {
	status      int
	contentType string // empty: there is no body
	body        []byte
}

// encode writes v as JSON. It panics if it can't, which a wire type makes impossible:
// the answer is 500 then.
func encode(v any) []byte {
	// The order of a map's members would change the ETag of one and the same answer.
	body, err := json.Marshal(v, json.Deterministic(true))
	if err != nil {
		panic(err)
	}
	return body
}

// plain answers with v.
func plain(status int, v any) answer {
	return answer{status, "application/json", encode(v)}
}

// secret answers with v, which may hold signed URLs: no cache may keep it.
func secret(h http.Header, status int, v any) answer {
	h.Set("Cache-Control", "no-store")
	return plain(status, v)
}

// fresh answers a GET. The client may keep the body, but must ask each time whether it is
// still the same.
func fresh(c *call, version string, body []byte) answer {
	return cached(c, "private, no-cache", version, body)
}

// cached answers a GET with 200 and the body, or with 304 if the client has it. The ETag
// is the body's hash, behind the version if there is one.
func cached(c *call, control, version string, body []byte) answer {
	hash := sha256.Sum256(body)
	tag := base64.RawURLEncoding.EncodeToString(hash[:16])
	if version != "" {
		tag = version + "." + tag
	}
	c.reply.Set("Cache-Control", control)
	c.reply.Set("ETag", `"`+tag+`"`)
	if notModified(c.Header, tag) {
		c.reply.Del("Link") // it is part of what the client has
		return answer{status: http.StatusNotModified}
	}
	return answer{http.StatusOK, "application/json", body}
}
