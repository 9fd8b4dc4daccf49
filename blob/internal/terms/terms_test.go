package terms_test

import (
	"strings"
	"testing"
	"time"

	"github.com/seed-f0df946f/mediakit/blob/internal/terms"
	"github.com/seed-f0df946f/mediakit/media"
)

func TestCheckKey(t *testing.T) {
	good := []string{"a", "media/018f-x_1/0123abcd", strings.Repeat("k", 512)}
	bad := []string{"", strings.Repeat("k", 513), "A", "a.b", "../a", "/a", "a/", "a//b", "a b", "a%2fb", "ü", "a\x00", `a\b`, "a?b"}
	for _, key := range good {
		if err := terms.CheckKey(key); err != nil {
			t.Errorf("CheckKey(%q) = %v", key, err)
		}
	}
	for _, key := range bad {
		if terms.CheckKey(key) == nil {
			t.Errorf("CheckKey(%q) accepts", key)
		}
	}
}

func TestCheckTTL(t *testing.T) {
	for ttl, ok := range map[time.Duration]bool{
		0: false, -time.Second: false, time.Second - 1: false, time.Second: true,
		media.MaxSignedTTL: true, media.MaxSignedTTL + 1: false,
	} {
		if err := terms.CheckTTL(ttl); (err == nil) != ok {
			t.Errorf("CheckTTL(%v) = %v", ttl, err)
		}
	}
}

func TestCheckUpload(t *testing.T) {
	whole := media.Upload{Key: "k", Size: 1, ContentType: "image/png", SHA256: media.Digest{1}}
	if err := terms.CheckUpload(whole); err != nil {
		t.Errorf("CheckUpload(%+v) = %v", whole, err)
	}
	for name, spoil := range map[string]func(*media.Upload){
		"no key":    func(u *media.Upload) { u.Key = "" },
		"size 0":    func(u *media.Upload) { u.Size = 0 },
		"size -1":   func(u *media.Upload) { u.Size = -1 },
		"too large": func(u *media.Upload) { u.Size = media.MaxSinglePut + 1 },
		"no type":   func(u *media.Upload) { u.ContentType = "" },
		"no sha256": func(u *media.Upload) { u.SHA256 = media.Digest{} },
	} {
		u := whole
		spoil(&u)
		if terms.CheckUpload(u) == nil {
			t.Errorf("%s: CheckUpload accepts", name)
		}
	}
}
