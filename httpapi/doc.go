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
// The handler is mounted with its BasePath, not behind http.StripPrefix, since it writes
// Location and Link headers. GET <BasePath>/openapi.json describes the routes. The host
// decides about TLS, about CORS, about the server's time-outs, and about who may do what.
// The bytes of media don't pass through here: clients send them straight to the blob
// store, with the signed requests that they get from the routes.
//
// [Config].Logger gets a line for each request, and [Config].Observe the same for
// metrics; package expvarmetrics counts requests for expvar. Neither gets a path, a query
// or a signed URL.
//
// # Slow clients
//
// A client that sends its body slowly, or reads its answer slowly, takes no place among
// the requests in flight. An answer of more than 16 KiB is given up when the client takes
// none of it for 30 s, whatever the server's write time-out is. The handler keeps at
// most 64 MiB of answers for clients that are still reading. Beyond that it cuts off the
// slowest of them. At most 16 pages of media are built at once; requests for more wait for
// their turn. The handler sets the deadlines of a connection with
// [http.ResponseController]: if a host wraps the ResponseWriter, the wrapper needs an
// Unwrap method.
//
// # Errors
//
// [New] refuses a Config that lacks something or is out of range, and names all
// that is wrong with it.
//
// Every request that fails is answered with an RFC 9457 problem, even if there is no such
// path (404) or method (405). It holds nothing internal. Clients decide by its member "code"; openapi.json lists the
// codes of each route. The status says what kind of failure it is:
//
//   - 400: the request can't be parsed.
//   - 409: it is valid, but not in the present state of the media.
//   - 422: it is not valid. All bad members are named in one answer, up to 100.
//   - 503: it may be tried again after Retry-After.
//
// A 5xx is logged with its cause and the request's id. A panic is answered with 500 and
// logged too, except for [http.ErrAbortHandler], which goes on to the server.
package httpapi
