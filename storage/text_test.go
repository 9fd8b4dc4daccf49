package storage

import (
	"testing"
	"time"
)

func TestBeyond(t *testing.T) {
	t.Parallel()
	for prefix, want := range map[string]any{
		"a": "b", "ab": "ac", "z\U0010FFFF": "{", "\uD7FF": "\uE000", "é": "ê", "": nil, "\U0010FFFF\U0010FFFF": nil,
	} {
		if got := beyond(prefix); got != want {
			t.Errorf("beyond(%q) = %v; want %v", prefix, got, want)
		}
	}
}

func FuzzBeyond(f *testing.F) {
	f.Add("a", "b")
	f.Add("\uD7FF", "\uE000x")
	f.Fuzz(func(t *testing.T, prefix, rest string) {
		end, ok := beyond(string([]rune(prefix))).(string)
		if text := string([]rune(prefix)) + string([]rune(rest)); ok && text >= end {
			t.Errorf("%q begins with %q and isn't below %q", text, prefix, end)
		}
	})
}

func TestArray(t *testing.T) {
	t.Parallel()
	got := array([]string{"", "a", `"`, `\`, "NULL", "{,}", "it's"})
	if want := `{"","a","\"","\\","NULL","{,}","it's"}`; got != want {
		t.Errorf("%s; want %s", got, want)
	}
	if got := array(nil); got != "{}" {
		t.Errorf("none: %s; want {}", got)
	}
}

func TestIDAt(t *testing.T) {
	t.Parallel()
	at := time.UnixMilli(0x0123456789ab)
	if got := idAt(at, 0).String(); got != "01234567-89ab-0000-0000-000000000000" {
		t.Errorf("least: %s", got)
	}
	if got := idAt(at, 0xff).String(); got != "01234567-89ab-ffff-ffff-ffffffffffff" {
		t.Errorf("greatest: %s", got)
	}
}
