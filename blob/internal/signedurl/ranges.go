package signedurl

import (
	"fmt"
	"net/http"
	"regexp"
	"strconv"
)

// oneRange is a Range with a single range of bytes (RFC 9110, sections 14.1.1 and
// 14.1.2). The name of the unit has no case.
var oneRange = regexp.MustCompile(`^(?i:bytes)=([0-9]*)-([0-9]*)$`)

// withOneRange returns r with a Range that http.ServeContent answers as it should, or
// with none. A server ignores units that it doesn't know and methods other than GET, and
// may ignore what isn't well formed and several ranges (RFC 9110, section 14.2). It does
// so here, since ServeContent takes signs and spaces for parts of a number, and several
// ranges would let a small request ask for a large answer.
func withOneRange(r *http.Request, size int64) *http.Request {
	header := r.Header.Get("Range")
	if header == "" {
		return r
	}
	r = r.Clone(r.Context())
	r.Header.Del("Range")
	if m := oneRange.FindStringSubmatch(header); m != nil && r.Method == http.MethodGet {
		if wanted := rangeOf(m[1], m[2], size); wanted != "" {
			r.Header.Set("Range", wanted)
		}
	}
	return r
}

// rangeOf returns the Range from the byte first to the byte last, and "" if they make
// none. Without first, last is a number of bytes at the end; without last, the range
// reaches up to the end. "The last 0 bytes" can't be satisfied (section 14.1.2), but
// ServeContent would answer it with 206.
func rangeOf(first, last string, size int64) string {
	from, to := position(first), position(last)
	switch {
	case first == "" && last == "", first != "" && last != "" && to < from:
		return ""
	case first == "" && to == 0:
		return fmt.Sprintf("bytes=%d-", size)
	case first == "":
		return fmt.Sprintf("bytes=-%d", to)
	case last == "":
		return fmt.Sprintf("bytes=%d-", from)
	default:
		return fmt.Sprintf("bytes=%d-%d", from, to)
	}
}

// position returns the number that digits stand for. One that is too large for an int64
// lies beyond every object, and so does the largest int64, which ParseInt returns for it.
func position(digits string) int64 {
	n, _ := strconv.ParseInt(digits, 10, 64)
	return n
}
