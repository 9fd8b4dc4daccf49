// Package contract holds httpapi's handler and its OpenAPI document to each other:
// its tests drive the handler over the stores in memory, validate every request and
// every answer against the document, and see to it that all that the document
// promises has been asked for. It stands apart from httpapi so that the validator
// isn't among what hosts of that package have to resolve.
//
// httpapi/openapi.json is generated from httpapi/openapi.yaml:
//
//	go generate ./httpapi
package contract
