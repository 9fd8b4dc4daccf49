// Package tags keeps the labels that media carry.
//
// A [Tag] has a name in the spelling that its first user gave it, and a key, the
// folded name: "Sunset", "ＳＵＮＳＥＴ" and " sunset " are one tag. [ParseName] says
// what a name may be; every script and every emoji works.
//
// [Service] is all that can be done with tags: create, get, list by prefix,
// rename, merge, delete, recount. It stands over a [Repository]; the package storage
// brings one for SQL and storage/memory one for tests.
//
//	service, err := tags.NewService(memory.New().Tags(), nil)
//	tag, err := service.Create(ctx, "Sunset")
//
// # Errors
//
// [ErrNotFound] says that there is no such tag; an [ExistsError] that another tag
// has the name, and which; an [InvalidError] names every bad member of an input;
// [ErrUnavailable] says that the database can't answer now. A context's own
// error passes through.
package tags
