package blobprobe

import "context"

// check is a line without its result, and the function that finds it out.
type check struct {
	Line
	needs string // the line that has to be OK, if any
	do    func(context.Context) (status Status, found string)
}

// checks returns the checks of a report, in its order. Whether wrong uploads are refused
// can only be tested if a right one isn't: a store that refuses everybody refuses those
// too.
func (p *probe) checks() []check {
	const (
		rights  = "allow the service's credentials what the store's documentation lists under permissions"
		another = "use another store or a newer version of it: this one would take what nobody has signed"
	)
	required := func(name, needs, promise, advice string, do func(context.Context) (Status, string)) check {
		return check{Line{Name: name, Required: true, Promise: promise, Advice: advice}, needs, do}
	}
	cors := required("cors", "download", "web pages may upload and download",
		"give the store the CORS rule in its documentation, with this origin", p.cors)
	cors.Required = len(p.origins) > 0
	multipart := required("multipart", "upload", "large objects are stored in parts, and the store checks the sha256 of each",
		"keep the largest size at 5 GiB or less, or allow what the store's documentation lists for uploads in parts", p.multipart)
	multipart.Required = false
	if p.parts == nil { // nothing is tried, so there is nothing to mend
		multipart.Advice = ""
	}
	return []check{
		required("may-put", "", "the service may store an object", rights, p.mayPut),
		required("may-head", "may-put", "the service may look at an object, and learns if there is none", rights, p.mayHead),
		required("may-get", "may-put", "the service may read an object", rights, p.mayGet),
		required("may-list", "may-put", "the service may list its objects", rights, p.mayList),
		required("may-delete", "may-put", "the service may delete an object", rights, p.mayDelete),

		required("upload", "may-delete", "a client may store what was signed",
			"make the store reachable under the host in its URLs, and let a proxy in front of it pass the Host header on", p.upload),
		required("download", "upload", "a client may read what was signed, all of it or a range", "let the credentials that sign read objects", p.download),

		required("length", "upload", "an upload of another length is refused", another, p.length),
		required("type", "upload", "an upload of another type is refused", another, p.contentType),
		required("sha256", "upload", "an upload of other bytes is refused", another, p.sha256),
		required("create-only", "upload", "a second upload is refused", another, p.createOnly),
		required("signed-headers", "upload", "an upload without one of its headers is refused", another, p.signedHeaders),
		required("added-headers", "download", "a header that wasn't signed is refused, has no effect, or can be seen by the service", another, p.addedHeaders),
		required("expiry", "upload", "a URL that has expired is refused", another, p.expiry),
		required("tampering", "upload", "a URL that was changed is refused", another, p.tampering),
		required("private", "download", "nobody reads without a signature", "block all public access to the bucket", p.private),

		required("checksum", "upload", "the store returns the sha256 that it has checked",
			"use another store: no object larger than 64 MiB could be finalized", p.checksum),
		multipart,
		required("clock", "upload", "the store's clock differs from this one by 5 s at most",
			"set the clocks of both machines by NTP: otherwise URLs begin and expire at the wrong time", p.clock),
		cors,
	}
}
