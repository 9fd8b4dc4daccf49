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
// may do what, CORS and the server's time-outs are the host's. Bytes don't pass
// through here: clients send them to the blob store by the signed requests that
// the routes answer.
//
// [Config].Logger gets a line for each request, and [Config].Observe the same for
// metrics; package expvarmetrics counts it for expvar. Neither is told a path, a
// query or a signed URL.
//
// # Errors
//
// [New] refuses a Config that lacks something or is out of range, and names all
// that is wrong with it.
//
// Every error of a request, 404 and 405 among them, is answered as an RFC 9457
// problem that holds nothing internal. Its member "code" is what a client goes by:
// 400 is what can't be parsed, 422 what isn't valid, with all bad members in one
// answer, 409 what is valid but not in the media's present state, 503 what may be
// asked again after Retry-After. openapi.json lists the codes of each route. A 5xx
// is logged with its cause and the request's id, and a panic is one of them; only
// [http.ErrAbortHandler] goes on to the server.
package httpapi
