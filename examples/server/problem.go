package main

import (
	"encoding/json"
	"net/http"
)

// problem answers a request that is refused before it reaches the API, as the API does it
// (RFC 9457).
type problem struct {
	Type   string `json:"type"`
	Code   string `json:"code"`
	Title  string `json:"title"`
	Status int    `json:"status"`
	Detail string `json:"detail"`
}

func newProblem(status int, code, title, detail string) problem {
	return problem{Type: "urn:mediakit:problem:" + code, Code: code, Title: title, Status: status, Detail: detail}
}

var (
	notFound         = newProblem(http.StatusNotFound, "not-found", "Not found", "There is nothing here.")
	methodNotAllowed = newProblem(http.StatusMethodNotAllowed, "method-not-allowed", "Method not allowed",
		"The header Allow names the methods of this path.")
	misdirected = newProblem(http.StatusMisdirectedRequest, "misdirected-request", "Misdirected request",
		"The service listens on a loopback address, and this host is neither localhost nor that of MEDIA_PUBLIC_URL.")
)

// ServeHTTP implements [http.Handler].
func (p problem) ServeHTTP(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(p.Status)
	_ = json.NewEncoder(w).Encode(p) // a client that is gone needs no answer
}
