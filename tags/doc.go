// Package tags keeps the labels that media carry.
//
// A [Tag] has a name, in the spelling of its first user, and a tag key, which is the
// folded name: "Sunset", "ＳＵＮＳＥＴ" and " sunset " are one tag. [ParseName] says what a
// name may be. Every script and every emoji works.
//
// A [Service] does all that can be done with tags: create, get, list, rename, merge,
// delete and recount. It keeps them in a [Repository]. Package storage has one for SQL,
// storage/memory one for tests.
//
//	service, err := tags.NewService(memory.New().Tags(), nil)
//	if err != nil {
//		return err
//	}
//	tag, err := service.Create(ctx, "Sunset")
//
// # Errors
//
// [ErrNotFound] says that there is no such tag. An [ExistsError] says that another tag
// has the name, and which. An [InvalidError] names each bad member of an input.
// [ErrUnavailable] says that the database can't answer now. If the context ends, its own
// error is returned, wrapped or not.
package tags
