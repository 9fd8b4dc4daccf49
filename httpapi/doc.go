// Package httpapi holds the HTTP contract of media and tags: the OpenAPI document
// that its routes are held to.
package httpapi
