// Package wire holds the JSON of the HTTP contract: what a request body may
// hold, what an answer holds, and the one mapping between these and the domain.
// Members that are not known, or not true, are left out; null is never written.
package wire
