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
