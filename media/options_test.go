package media_test

import (
	"errors"
	"math"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/blob/memblob"
	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/storage/memory"
)

const week = 7 * 24 * time.Hour // the longest that a signed URL lives

func TestNewServiceRefuses(t *testing.T) {
	ids := func(newID func(time.Time) uuid.UUID) media.Options { return media.Options{NewID: newID} }
	for name, opts := range map[string]media.Options{
		"SVG":                               {AllowedTypes: []string{"image/svg+xml"}},
		"a type that is no picture":         {AllowedTypes: []string{"text/html"}},
		"a video that no PUT takes":         {MaxVideoSize: 5<<30 + 1},
		"an image that no PUT takes":        {MaxImageSize: 5<<30 + 1},
		"an upload URL that lives too long": {UploadTTL: week + 1, PendingTTL: 2 * week},
		"an upload URL of no time":          {UploadTTL: time.Second - 1},
		"a negative upload URL":             {UploadTTL: -1},
		"a life shorter than a URL":         {UploadTTL: time.Hour, PendingTTL: time.Hour - 1},
		"a download URL of 7 days":          {DownloadTTL: week}, // for a window more it can't be signed
		"a download URL just too long":      {DownloadTTL: week - 5*time.Minute + 1},
		"a download URL for ever":           {DownloadTTL: math.MaxInt64},
		"a download URL of no time":         {DownloadTTL: time.Second - 1},
		"a negative grace":                  {TransferGrace: -1},
		"a grace for ever":                  {TransferGrace: math.MaxInt64},
		"a negative image":                  {MaxImageSize: -1},
		"a negative video":                  {MaxVideoSize: -1},
		"negative pixels":                   {MaxPixels: -1},
		"a prefix that leads elsewhere":     {KeyPrefix: "../x"},
		"a prefix that begins with a slash": {KeyPrefix: "/x"},
		"a prefix that ends with a slash":   {KeyPrefix: "x/"},
		"a prefix with an empty folder":     {KeyPrefix: "x//y"},
		"a prefix with a letter in between": {KeyPrefix: "xÄy"},
		"a prefix in upper case":            {KeyPrefix: "X"},
		"a prefix of 201 bytes":             {KeyPrefix: strings.Repeat("x", 201)},
		"ids of version 4":                  ids(func(time.Time) uuid.UUID { return uuid.New() }),
		"ids of another time":               ids(func(time.Time) uuid.UUID { return uuid.Must(uuid.NewV7()) }),
		"no ids":                            ids(func(time.Time) uuid.UUID { return uuid.Nil }),
	} {
		if _, err := media.NewService(memory.New().Media(), memblob.New(nil), &opts); err == nil {
			t.Errorf("%s is let in", name)
		}
		if opts.Check(false) == nil {
			t.Errorf("%s passes Check", name)
		}
	}
}

func TestNewServiceTakes(t *testing.T) {
	for name, opts := range map[string]media.Options{
		"the defaults":         {},
		"the largest PUTs":     {MaxVideoSize: 5 << 30, MaxImageSize: 5 << 30},
		"the smallest media":   {MaxVideoSize: 1, MaxImageSize: 1, MaxPixels: 1},
		"the shortest URLs":    {UploadTTL: time.Second, PendingTTL: time.Second, DownloadTTL: time.Second},
		"the longest URLs":     {UploadTTL: week, PendingTTL: week, DownloadTTL: week - 5*time.Minute},
		"a year for transfers": {TransferGrace: 365 * 24 * time.Hour},
		"any FailedTTL":        {FailedTTL: -1},
		"a prefix of folders":  {KeyPrefix: "a-z/0_9"},
		"a prefix of 200":      {KeyPrefix: strings.Repeat("x", 200)},
	} {
		if _, err := media.NewService(memory.New().Media(), memblob.New(nil), &opts); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := media.NewService(memory.New().Media(), memblob.New(nil), nil); err != nil {
		t.Errorf("no options: %v", err)
	}
	parts := media.Options{MaxVideoSize: 1 << 40}
	if err := parts.Check(true); err != nil {
		t.Errorf("a video that is uploaded in parts: %v", err)
	}
	if parts.UploadTTL != 0 || parts.NewID != nil {
		t.Error("Check changes the options")
	}
}

// TestNewServiceStandsOnSomething: a port that is missing is told at the start, not by a
// panic at the first call.
func TestNewServiceStandsOnSomething(t *testing.T) {
	if _, err := media.NewService(nil, memblob.New(nil), nil); err == nil {
		t.Error("there may be no repository")
	}
	if _, err := media.NewService(memory.New().Media(), nil, nil); err == nil {
		t.Error("there may be no blob store")
	}
}

// TestNewServiceTellsAllThatIsWrong: an operator mends the settings once. A program can
// tell the options by its own names for them.
func TestNewServiceTellsAllThatIsWrong(t *testing.T) {
	err := (media.Options{
		UploadTTL: 2 * time.Second, PendingTTL: time.Second, DownloadTTL: 1, TransferGrace: -1, MaxImageSize: -1, MaxVideoSize: 5<<30 + 1,
		MaxPixels: -1, KeyPrefix: "X", AllowedTypes: []string{"text/html"}, NewID: func(time.Time) uuid.UUID { return uuid.Nil },
	}).Check(false)
	var refused *media.InvalidError
	if !errors.As(err, &refused) {
		t.Fatalf("%v; want an InvalidError", err)
	}
	var names []string
	for _, f := range refused.Fields {
		names = append(names, f.Field)
		if _, ok := reflect.TypeFor[media.Options]().FieldByName(f.Field); !ok || f.Detail == "" {
			t.Errorf("%+v names no option", f)
		}
	}
	if got, want := strings.Join(names, " "), "PendingTTL DownloadTTL TransferGrace MaxImageSize MaxVideoSize MaxPixels AllowedTypes NewID KeyPrefix"; got != want {
		t.Errorf("refused: %s; want %s", got, want)
	}
}

// TestLimits holds what a service tells to what it does, and the contract's constants to
// the contract.
func TestLimits(t *testing.T) {
	b := newBench(t, media.Options{})
	l := b.Limits()
	if l.MaxImageSize != 200<<20 || l.MaxVideoSize != 5<<30 || l.MaxPixels != 300_000_000 || l.SingleUpload != 5<<30 {
		t.Errorf("the defaults are %+v", l)
	}
	b.again(t, media.Options{MaxImageSize: 100, MaxVideoSize: 200, MaxPixels: 300, AllowedTypes: []string{"image/png", "video/mp4"}})
	l = b.Limits()
	if l.MaxImageSize != 100 || l.MaxVideoSize != 200 || l.MaxPixels != 300 || strings.Join(l.Types, " ") != "image/png video/mp4" {
		t.Errorf("with options they are %+v", l)
	}
	l.Types[0] = "text/html"
	if b.Limits().Types[0] != "image/png" {
		t.Error("who changes what is told changes the service")
	}
	for name, got := range map[string]int{
		"media on a page": media.MaxPage, "media of a retag": media.MaxRetag,
	} {
		if got != 100 {
			t.Errorf("%s: %d; want 100", name, got)
		}
	}
	if media.DefaultPage != 50 || media.MaxTags != 50 || media.MaxTagFilter != 10 || media.MaxFilename != 255 || media.MaxFilenameBytes != 1020 || media.MaxIdempotencyKey != 255 {
		t.Error("a constant isn't the contract's")
	}
}
