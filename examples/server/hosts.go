package main

import (
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
)

// onlyOwnHosts refuses requests for foreign hosts if the listener is on a loopback
// address; elsewhere a gateway decides. A web page can have its own host name resolve
// to 127.0.0.1. To the browser it is then of the same origin as this service and may
// read all of it, but its requests still carry that name as their Host.
func onlyOwnHosts(listener net.Listener, publicURL string, next, refuse http.Handler) http.Handler {
	addr, ok := listener.Addr().(*net.TCPAddr)
	if !ok || !addr.IP.IsLoopback() {
		return next
	}
	public := ""
	if u, err := url.Parse(publicURL); err == nil {
		public = u.Hostname()
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		host := (&url.URL{Host: r.Host}).Hostname()
		if host == "" || !isLoopback(host) && !strings.EqualFold(host, public) {
			refuse.ServeHTTP(w, r)
			return
		}
		next.ServeHTTP(w, r)
	})
}

func isLoopback(host string) bool {
	ip, err := netip.ParseAddr(host)
	return err == nil && ip.IsLoopback() || strings.EqualFold(host, "localhost")
}

// misdirected answers 421 (RFC 9110, section 15.5.20) as the API answers its errors.
func misdirected(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/problem+json")
	w.WriteHeader(http.StatusMisdirectedRequest)
	_, _ = w.Write([]byte(`{"type":"urn:mediakit:problem:misdirected-request","code":"misdirected-request",` +
		`"title":"Misdirected request","status":421,` +
		`"detail":"The service listens on a loopback address, and this host is neither localhost nor that of MEDIA_PUBLIC_URL."}`))
}
