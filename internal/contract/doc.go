// Package contract tests that the handler of httpapi and its OpenAPI document agree. The
// tests call the handler over the stores in memory and validate every request and every
// answer against the document. They also check that each answer that the document promises
// has been asked for. It is a package of its own because a host of httpapi would otherwise
// have to download the validator.
//
// httpapi/openapi.json is generated from httpapi/openapi.yaml:
//
//	go generate ./httpapi
package contract
