package s3blob

import (
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-f0df946f/mediakit/media"
)

// answerXML answers with an element and what is in it.
func answerXML(w http.ResponseWriter, name string, content ...string) {
	fmt.Fprintf(w, "%s<%s>%s</%s>", xml.Header, name, strings.Join(content, ""), name)
}

func element(name, value string) string { return "<" + name + ">" + value + "</" + name + ">" }

// TestListGoesOn: each page begins after the last object key of the one before. A
// continuation token would be another server's idea of a page.
func TestListGoesOn(t *testing.T) {
	keys := []string{"media/1/a", "media/2/a", "media/3/a", "media/4/a", "media/5/a"}
	var asked []string
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		q := r.URL.Query()
		asked = append(asked, q.Get("start-after"))
		if q.Get("prefix") != "media/" || q.Get("list-type") != "2" || q.Has("continuation-token") {
			t.Errorf("the query is %q", r.URL.RawQuery)
		}
		var rows []string
		left := slices.DeleteFunc(slices.Clone(keys), func(k string) bool { return k <= q.Get("start-after") })
		for _, key := range left[:min(2, len(left))] {
			rows = append(rows, element("Contents", element("Key", key)+element("Size", "7")+element("LastModified", "2026-11-24T12:00:00.000Z")))
		}
		answerXML(w, "ListBucketResult", append(rows, element("IsTruncated", fmt.Sprint(len(left) > 2)))...)
	})
	var listed []string
	for after := ""; ; {
		objects, next, err := s.List(t.Context(), "media/", after)
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range objects {
			listed = append(listed, o.Key)
			if o.Size != 7 || !o.ModifiedAt.Equal(moment0.Truncate(1e9)) {
				t.Errorf("List = %+v", o)
			}
		}
		if after = next; next == "" {
			break
		}
	}
	if diff := cmp.Diff(keys, listed); diff != "" {
		t.Errorf("object keys (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff([]string{"", "media/2/a", "media/4/a"}, asked); diff != "" {
		t.Errorf("start-after (-want +got):\n%s", diff)
	}
}

// TestListTruncatedAndEmpty: a walk over such pages would never end.
func TestListTruncatedAndEmpty(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		answerXML(w, "ListBucketResult", element("IsTruncated", "true"))
	})
	if objects, next, err := s.List(t.Context(), "", "k"); !errors.Is(err, media.ErrStoreMisconfigured) {
		t.Errorf("List = %v, %q, %v, want ErrStoreMisconfigured", objects, next, err)
	}
}

// versions is a bucket that keeps versions. It lists two of them at once.
type versions struct {
	rows    [][3]string // element, object key, version; as S3 lists them
	deleted []string
	fails   string // the version that can't be deleted
}

func (v *versions) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	switch {
	case r.Method == http.MethodDelete && q.Get("versionId") == "":
		w.Header().Set("X-Amz-Version-Id", "new")
		w.Header().Set("X-Amz-Delete-Marker", "true")
		w.WriteHeader(http.StatusNoContent)
	case r.Method == http.MethodDelete && q.Get("versionId") == v.fails:
		w.WriteHeader(http.StatusForbidden)
	case r.Method == http.MethodDelete:
		v.deleted = append(v.deleted, r.URL.Path+" "+q.Get("versionId"))
		w.WriteHeader(http.StatusNoContent)
	case q.Has("versions"):
		v.list(w, q.Get("version-id-marker"))
	default:
		w.WriteHeader(http.StatusTeapot)
	}
}

func (v *versions) list(w http.ResponseWriter, after string) {
	from := 1 + slices.IndexFunc(v.rows, func(row [3]string) bool { return row[2] == after })
	page := v.rows[from:min(from+2, len(v.rows))]
	var rows []string
	for _, row := range page {
		rows = append(rows, element(row[0], element("Key", row[1])+element("VersionId", row[2])))
	}
	if from+2 < len(v.rows) {
		last := page[len(page)-1]
		rows = append(rows, element("IsTruncated", "true"), element("NextKeyMarker", last[1]), element("NextVersionIdMarker", last[2]))
	}
	answerXML(w, "ListVersionsResult", rows...)
}

// TestDeleteVersions: all versions of the object key go, then its delete markers, and
// nothing of longer object keys.
func TestDeleteVersions(t *testing.T) {
	v := &versions{rows: [][3]string{
		{"DeleteMarker", "k", "m2"}, {"Version", "k", "v2"}, {"DeleteMarker", "k", "m1"}, {"Version", "k", "v1"}, {"Version", "k", "v0"},
		{"Version", "k0", "other"}, {"DeleteMarker", "k0", "another"}, {"Version", "k1", "third"}, {"Version", "k2", "fourth"},
	}}
	lists := 0
	s := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Query().Has("versions") {
			lists++
		}
		v.ServeHTTP(w, r)
	})
	if err := s.Delete(t.Context(), "k"); err != nil {
		t.Fatal(err)
	}
	want := []string{"/my-bucket/k v2", "/my-bucket/k v1", "/my-bucket/k v0", "/my-bucket/k m2", "/my-bucket/k m1"}
	if diff := cmp.Diff(want, v.deleted); diff != "" {
		t.Errorf("deleted (-want +got):\n%s", diff)
	}
	if lists != 4 { // the fourth page has nothing of the object key
		t.Errorf("%d pages are read, want 4", lists)
	}
	v.fails = "v1"
	if err := s.Delete(t.Context(), "k"); !errors.Is(err, media.ErrStoreMisconfigured) {
		t.Errorf("Delete = %v, want ErrStoreMisconfigured", err)
	}
}

// TestDeleteLooksForVersions: either header says that the bucket keeps versions, or has kept
// them once. Without both there is nothing more to delete.
func TestDeleteLooksForVersions(t *testing.T) {
	for header, want := range map[string]bool{"X-Amz-Version-Id": true, "X-Amz-Delete-Marker": true, "X-Other": false} {
		looked := false
		s := serve(t, func(w http.ResponseWriter, r *http.Request) {
			if r.URL.Query().Has("versions") {
				looked = true
				answerXML(w, "ListVersionsResult")
				return
			}
			w.Header().Set(header, "true")
			w.WriteHeader(http.StatusNoContent)
		})
		if err := s.Delete(t.Context(), "k"); err != nil || looked != want {
			t.Errorf("%s: Delete = %v, looks for versions: %t, want %t", header, err, looked, want)
		}
	}
}

// TestStatPins: what Stat saw is what ReadAt and SignDownload ask for.
func TestStatPins(t *testing.T) {
	s := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("ETag", `"e"`)
		w.Header().Set("X-Amz-Version-Id", "v")
	})
	info, err := s.Stat(t.Context(), "k")
	if want := (media.Pin{ETag: `"e"`, Version: "v"}); err != nil || info.Pin != want {
		t.Errorf("Stat = %+v, %v, want the pin %+v", info, err, want)
	}
}
