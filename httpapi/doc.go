// Package httpapi serves media and tags over HTTP, on any mux:
//
//	api, err := httpapi.New(httpapi.Config{
//		Media:    mediaService,
//		Tags:     tagService,
//		BasePath: "/api/v1",
//	})
//	if err != nil {
//		return err
//	}
//	mux.Handle("/api/v1/", api)
//
// It is mounted with its BasePath, not behind http.StripPrefix: it builds
// Location and Link. GET <BasePath>/openapi.json answers the contract. TLS, who
// may do what, CORS and the server's time-outs are the host's.
//
// # Errors
//
// Every error is answered as an RFC 9457 problem that holds nothing internal; a
// 5xx is logged with its cause and the request id, and a panic is one of them.
package httpapi
