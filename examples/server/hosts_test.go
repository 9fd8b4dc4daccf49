package main

import (
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestForeignHosts(t *testing.T) {
	t.Parallel()
	next := http.HandlerFunc(func(http.ResponseWriter, *http.Request) {})
	for address, guarded := range map[string]bool{"127.0.0.1:0": true, "127.0.0.2:0": true, "0.0.0.0:0": false} {
		listener, err := net.Listen("tcp4", address)
		if err != nil {
			t.Fatal(err)
		}
		defer listener.Close()
		h := onlyOwnHosts(listener, "https://Media.example.com:8443/api", next, misdirected)
		for host, own := range map[string]bool{
			"localhost": true, "localhost:1": true, "LocalHost:8080": true, "127.0.0.1": true, "127.9.9.9:80": true, "[::1]:8080": true,
			"media.example.com": true, "media.example.com:443": true,
			"": false, "x": false, "rebound.example:8080": false, "localhost.example": false, "127.0.0.1.example": false,
			"example.com": false, "10.0.0.1": false, "[::2]": false, "media.example.com.evil.example": false,
		} {
			want := http.StatusOK
			if guarded && !own {
				want = http.StatusMisdirectedRequest
			}
			r := httptest.NewRequest("GET", "/", nil)
			r.Host = host
			w := httptest.NewRecorder()
			if h.ServeHTTP(w, r); w.Code != want {
				t.Errorf("on %s a request for host %q: %d; want %d", address, host, w.Code, want)
			}
		}
	}
}

// TestMisdirected asks every part of the server by a name that a web page chose.
func TestMisdirected(t *testing.T) {
	t.Parallel()
	s := start(t, embedded(t, nil))
	url, _ := request(s.create(t))
	for _, path := range []string{"/media", "/livez", "/debug/vars", strings.TrimPrefix(url, s.base)} {
		got := s.ask(t, "GET", path, "", "Host", "rebound.example")
		if got.status != 421 || got.header.Get("Content-Type") != "application/problem+json" || got.header.Get("X-Request-Id") == "" {
			t.Fatalf("%s: %d %v", path, got.status, got.header)
		}
		if p := got.json(t); p["code"] != "misdirected-request" || p["type"] != "urn:mediakit:problem:misdirected-request" || p["status"] != 421.0 {
			t.Errorf("%s: %s", path, got.body)
		}
	}
	if !strings.Contains(s.log.String(), `"route":"other","status":421`) {
		t.Error("the log doesn't tell of it")
	}
}

// TestPublicHost reaches the server by the host of its public URL.
func TestPublicHost(t *testing.T) {
	t.Parallel()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := listener.Addr().String()
	listener.Close()
	start(t, embedded(t, map[string]string{"MEDIA_ADDR": addr, "MEDIA_PUBLIC_URL": "http://media.example/api/"}))
	if a := ask(t, "GET", "http://"+addr+"/api/media", "", "Host", "media.example"); a.status != 200 {
		t.Errorf("%d %s", a.status, a.body)
	}
	if a := ask(t, "GET", "http://"+addr+"/media", "", "Host", "media.example"); a.status != 404 {
		t.Errorf("outside the base path: %d %s", a.status, a.body)
	}
}
