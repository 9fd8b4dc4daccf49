package media_test

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/seed-f0df946f/mediakit/blob/memblob"
	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/storage/memory"
)

// families are the types that stand for each other, those that are stored first.
var families = [][]string{
	{"image/jpeg"}, {"image/png"}, {"image/gif"}, {"image/webp"}, {"image/avif"}, {"image/bmp"},
	{"image/heic", "image/heif"},
	{"video/mp4", "video/x-m4v", "video/quicktime", "video/3gpp"},
	{"video/webm", "video/x-matroska", "video/matroska"},
	{"video/mpeg"}, {"video/ogg"}, {"video/x-msvideo"},
}

// spellings are other names of types, as clients give them.
var spellings = map[string]string{
	"image/jpg": "image/jpeg", "image/pjpeg": "image/jpeg", "Image/JPEG": "image/jpeg", "image/jpeg; q=1": "image/jpeg",
	"image/apng": "image/png", "image/x-png": "image/png", "image/x-ms-bmp": "image/bmp", "image/x-bmp": "image/bmp",
	"video/avi": "video/x-msvideo", "video/msvideo": "video/x-msvideo", "video/vnd.avi": "video/x-msvideo",
	"video/mpg": "video/mpeg", "video/x-quicktime": "video/quicktime",
	"video/webm;codecs=vp8": "video/webm", "video/mp4; codecs=\"avc1.42E01E, mp4a.40.2\"": "video/mp4",
}

// containers are the types of the sample files.
var containers = map[string]string{
	"sample.jpg": "image/jpeg", "sample.png": "image/png", "sample.gif": "image/gif", "sample.webp": "image/webp",
	"sample.avif": "image/avif", "sample.heic": "image/heic", "sample.bmp": "image/bmp",
	"sample.mp4": "video/mp4", "sample-msnv.mp4": "video/mp4", "sample.m4v": "video/x-m4v", "sample.mov": "video/quicktime", "sample.3gp": "video/3gpp",
	"sample.webm": "video/webm", "sample.mkv": "video/matroska",
	"sample.mpeg": "video/mpeg", "sample.ogv": "video/ogg", "sample.avi": "video/x-msvideo",
}

// TestEveryTypeWithEveryContainer declares each sample to be of each type that is allowed
// by default, and by each of its names. A family takes its own containers and no other.
func TestEveryTypeWithEveryContainer(t *testing.T) {
	b := newBench(t, media.Options{})
	declared := map[string]string{}
	for _, contentType := range media.DefaultTypes() {
		declared[contentType] = contentType
	}
	for spelling, stored := range spellings {
		declared[spelling] = stored
	}
	for file, container := range containers {
		content, err := os.ReadFile(filepath.Join("..", "internal", "integration", "testdata", "media", file))
		if err != nil {
			t.Fatal(err)
		}
		for given, stored := range declared {
			in := input(content)
			in.ContentType = given
			v := b.create(t, in)
			if v.ContentType != stored {
				t.Fatalf("%s is stored as %s; want %s", given, v.ContentType, stored)
			}
			b.upload(t, v, content)
			taken := slices.ContainsFunc(families, func(f []string) bool {
				return slices.Contains(f, stored) && slices.Contains(f, container)
			})
			got, err := b.Finalize(t.Context(), v.ID)
			if taken && (err != nil || got.State != media.StateReady || v.Kind == media.KindImage && got.Width == 0) {
				t.Errorf("%s as %s: %d wide, %v; want it taken", file, given, got.Width, err)
			}
			if !taken {
				checkRefused(t, b, v, container, err)
			}
		}
	}
}

// checkRefused holds a refusal to what it must say, also when it is asked for again.
func checkRefused(t *testing.T, b *bench, v media.View, container string, first error) {
	t.Helper()
	_, again := b.Finalize(t.Context(), v.ID)
	for _, err := range []error{first, again} {
		var rejected *media.RejectedError
		if !errors.As(err, &rejected) || rejected.Reason != media.FailureContent ||
			rejected.Found != container || rejected.Declared != v.ContentType {
			t.Errorf("%s as %s: %#v; want it rejected for its content", container, v.ContentType, err)
		}
	}
	if stored, err := b.Get(t.Context(), v.ID, media.GetOptions{}); err != nil || stored.Found != container {
		t.Errorf("%s as %s: found %q is stored, %v", container, v.ContentType, stored.Found, err)
	}
}

func TestRejectedErrorTellsWhatToDo(t *testing.T) {
	for _, c := range []struct {
		declared, found, want string
	}{
		{"image/jpeg", "image/heic", "This is a HEIC image, not a JPEG."},
		{"image/png", "image/avif", "This is an AVIF image, not a PNG."},
		{"image/jpeg", "video/mp4", "This is an MP4 video, not a JPEG."},
		{"video/x-matroska", "video/x-msvideo", "This is an AVI video, not a Matroska."},
		{"image/png", "image/svg+xml", "This is an SVG image, not a PNG."},
		{"image/png", "text/html", "This is a file of type text/html, not a PNG."},
		{"video/x-flv", "audio/x-m4a", "This is a file of type audio/x-m4a, not a file of type video/x-flv."},
		{"image/jpeg", "", "This is not a JPEG."},
	} {
		err := &media.RejectedError{Reason: media.FailureContent, Declared: c.declared, Found: c.found}
		if got := err.Detail(); got != c.want {
			t.Errorf("%s as %s: %q; want %q", c.found, c.declared, got, c.want)
		}
	}
	said := map[string]media.Failure{}
	for _, reason := range []media.Failure{
		media.FailureSize, media.FailureSHA256, media.FailureType, media.FailureHeaders, media.FailureTooManyPixels, media.FailureUnreadable, "another",
	} {
		sentence := (&media.RejectedError{Reason: reason, Declared: "image/png"}).Detail()
		if twin, ok := said[sentence]; ok || sentence == "" {
			t.Errorf("%s and %s say the same: %q", reason, twin, sentence)
		}
		said[sentence] = reason
	}
}

func TestAllowedTypesByOtherNames(t *testing.T) {
	b := newBench(t, media.Options{AllowedTypes: []string{"image/jpg", "IMAGE/JPEG", "video/avi"}})
	if diff := cmp.Diff([]string{"image/jpeg", "video/x-msvideo"}, b.Limits().Types); diff != "" {
		t.Error(diff)
	}
	in := input(png)
	for contentType, want := range map[string]string{"image/pjpeg": "image/jpeg", "video/vnd.avi": "video/x-msvideo"} {
		in.ContentType = contentType
		if v := b.create(t, in); v.ContentType != want {
			t.Errorf("%s is stored as %s; want %s", contentType, v.ContentType, want)
		}
	}
	items, _, err := b.List(t.Context(), media.ListInput{Filter: media.Filter{ContentType: "Image/JPG"}})
	if err != nil || len(items) != 1 {
		t.Errorf("a list by another name: %d items, %v; want 1", len(items), err)
	}
}

func TestNewServiceNamesTypesThatNothingRecognises(t *testing.T) {
	_, err := media.NewService(memory.New().Media(), memblob.New(nil), &media.Options{
		AllowedTypes: []string{"image/jpeg", "image/tiff", "video/unheard-of", "image/svg+xml"},
	})
	for _, name := range []string{"image/tiff", "video/unheard-of", "image/svg+xml"} {
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%v; want it to name %s", err, name)
		}
	}
}
