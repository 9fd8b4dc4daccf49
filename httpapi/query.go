package httpapi

import (
	"cmp"
	"errors"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/seed-f0df946f/mediakit/fault"
	"github.com/seed-f0df946f/mediakit/media"
)

// query holds the parameters of a request. err is about the first bad one.
type query struct {
	url.Values
	err error
}

// maxRepeats is how many values of a repeatable parameter are read: one more than the
// domain accepts.
const maxRepeats = media.MaxTagFilter + 1

// readQuery parses a query. Each parameter in it has to be one of those named, and may be
// given once, or several times if it is among repeatable. The error is about the first bad
// one; nothing after it is looked at.
func readQuery(raw string, single, repeatable []string) (*query, error) {
	q := &query{Values: url.Values{}}
	for pair := range strings.SplitSeq(raw, "&") {
		if pair == "" {
			continue
		}
		name, value, ok := readPair(pair)
		repeats := slices.Contains(repeatable, name)
		switch {
		case !ok:
			return nil, &parameterError{printable(name), "A query is a list of name=value pairs in UTF-8, joined by &. Characters other than letters and digits are escaped."}
		case !repeats && !slices.Contains(single, name):
			return nil, &parameterError{printable(name), "There is no such parameter."}
		case !repeats && q.Has(name):
			return nil, &parameterError{name, "This parameter is given once at most."}
		case len(q.Values[name]) < maxRepeats:
			q.Add(name, value)
		}
	}
	return q, nil
}

// readPair unescapes a name and its value. If that fails, the name is as it was written.
func readPair(pair string) (name, value string, ok bool) {
	written, value, _ := strings.Cut(pair, "=")
	name, err1 := url.QueryUnescape(written)
	value, err2 := url.QueryUnescape(value)
	if err1 != nil || err2 != nil || strings.Contains(pair, ";") || !isText(name) || !isText(value) {
		return written, "", false
	}
	return name, value, true
}

// isText reports whether s is UTF-8 without NUL, which databases refuse.
func isText(s string) bool { return utf8.ValidString(s) && !strings.ContainsRune(s, 0) }

// printable returns a name from a request as an answer may tell it: in UTF-8, short, and
// never empty.
func printable(name string) string {
	return cmp.Or(shorten(name), "(empty)")
}

// shorten returns the beginning of what a client sent, in UTF-8.
func shorten(text string) string {
	const longest = 64 // bytes
	return strings.ToValidUTF8(text[:min(len(text), longest)], "\uFFFD")
}

func (q *query) refuse(name, detail string) {
	if q.err == nil {
		q.err = &parameterError{name, detail}
	}
}

// oneOf returns a parameter that must have one of the values, and has the first if it isn't
// given.
func (q *query) oneOf(name string, values ...string) string {
	switch given := q.Get(name); {
	case !q.Has(name):
		return values[0]
	case given != "" && slices.Contains(values, given):
		return given
	}
	q.refuse(name, "This is one of: "+strings.TrimPrefix(strings.Join(values, ", "), ", ")+".")
	return ""
}

// limit returns the size of a page, or 0 if it isn't given, which means the domain's default.
func (q *query) limit(most int) int {
	if !q.Has("limit") {
		return 0
	}
	n, err := strconv.ParseUint(q.Get("limit"), 10, 16)
	if err != nil || n < 1 || int(n) > most {
		q.refuse("limit", "A page holds 1 to "+strconv.Itoa(most)+" items.")
		return 0
	}
	return int(n)
}

// moment returns a time in UTC, or zero if it isn't given. No media is older than 1970, in
// which the clock of ids begins, so an earlier time means the same as 1970. The domain
// would take a time in the year 1 for no bound at all.
func (q *query) moment(name string) time.Time {
	if !q.Has(name) {
		return time.Time{}
	}
	var t time.Time
	if err := t.UnmarshalText([]byte(q.Get(name))); err != nil || t.UTC().Year() > 9999 {
		q.refuse(name, "This is a time as in RFC 3339.")
		return time.Time{}
	}
	if epoch := time.Unix(0, 0); t.Before(epoch) {
		t = epoch
	}
	if t.After(latest) {
		t = latest
	}
	return t.UTC()
}

// latest is the last moment that is still of the year 9999 if it is rounded up.
var latest = time.Date(9999, time.December, 31, 23, 59, 59, 999_999_000, time.UTC)

// digest returns a sha256, or zero if it isn't given.
func (q *query) digest(name string) media.Digest {
	if !q.Has(name) {
		return media.Digest{}
	}
	d, err := media.ParseDigest(q.Get(name))
	if err != nil || d.IsZero() { // the zero one would select every media
		q.refuse(name, digestDetail)
	}
	return d
}

// parameterFault turns the domain's error about an input into one about a parameter: that
// of the first member it names. names has the parameters of members that are called
// otherwise in a query. Any other error stays as it is.
func parameterFault(err error, names map[string]string) error {
	invalid, ok := errors.AsType[*fault.InvalidError](err)
	if !ok {
		return err
	}
	member, _, _ := strings.Cut(invalid.Fields[0].Field, "/")
	return &parameterError{cmp.Or(names[member], member), invalid.Fields[0].Detail}
}

// linkNext sets the Link to the next page, which has the same parameters but the cursor. An
// empty cursor means that there is no next page.
func (q *query) linkNext(h http.Header, path, cursor string) {
	if cursor == "" {
		return
	}
	values := maps.Clone(q.Values)
	values.Set("cursor", cursor)
	h.Set("Link", "<"+path+"?"+values.Encode()+`>; rel="next"`)
}
