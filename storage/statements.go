package storage

// statements holds the texts of one dialect, chosen once by New. Those with
// arguments $1, $2, … go to the driver with placeholders; in page, contains and
// setTimeout bun writes the arguments, for which ? stands.
type statements struct {
	create       string // a media and nothing beside
	createLinked string // a media with tags, or an idempotency key, or both
	replay       string // what an idempotency key stands for
	get          string
	names        string // of tags, by id

	update     string // the filename
	updateTags string // the set of tags, and maybe the filename
	version    string // of a media: why an update changed nothing
	retag      string // several media
	move       string
	setUpload  string
	claim      string
	release    string
	remove     string
	forgetKeys string

	page     string // of media
	contains string // a condition of page

	createTag   string
	tagByID     string
	tagByKey    string
	tagsByKeys  string
	tagsByName  string // a page
	tagsByCount string // a page
	renameTag   string
	lockTags    string
	moveLinks   string
	touchTag    string
	deleteTag   string
	countTags   string
	storeCounts string

	setTimeout string // of the statements that follow in this transaction
}
