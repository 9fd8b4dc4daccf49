package integration_test

import (
	"bytes"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	mathrand "math/rand/v2"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
)

// killsEnv names how often TestServerKilled kills each set-up.
const killsEnv = "MEDIAKIT_TEST_KILLS"

// TestServerKilled kills the program at random moments under load and starts it again on
// what it left. All that it had answered with 2xx must still hold.
func TestServerKilled(t *testing.T) {
	kills := numberFrom(t, killsEnv, 3)
	onEachSetup(t, func(t *testing.T, environ map[string]string) {
		environ["MEDIA_SWEEP_INTERVAL"] = "1s" // so that it is killed in the middle of sweeps too
		seed := mathrand.Uint64()
		dice := mathrand.New(mathrand.NewPCG(seed, 0))
		var all []*life
		var ready, deleted int
		s := startServer(t, environ)
		for kill := range kills {
			lives := killUnderLoad(t, s, dice)
			if failed := s.failures(); failed != "" {
				t.Logf("seed %d, kill %d: before it the program told of\n%s", seed, kill, failed)
			}
			s = startServer(t, environ)
			for _, l := range lives {
				if err := l.settle(t, s); err != nil {
					t.Errorf("seed %d, kill %d: %+v: %v", seed, kill, l, err)
				}
			}
			all = append(all, lives...)
		}
		for _, l := range all { // a later kill must change nothing that was settled
			if err := l.look(s); err != nil {
				t.Errorf("seed %d, in the end: %+v: %v", seed, l, err)
			}
			ready, deleted = ready+count(l.is == "ready"), deleted+count(l.is == "deleted")
		}
		checkReady(t, s, all)
		t.Logf("%d kills, %d media: %d ready, %d deleted", kills, len(all), ready, deleted)
		if ready == 0 || deleted == 0 {
			t.Errorf("seed %d: too little was answered to tell anything", seed)
		}
	})
}

func numberFrom(t *testing.T, variable string, standard int) int {
	t.Helper()
	value := os.Getenv(variable)
	if value == "" {
		return standard
	}
	n, err := strconv.Atoi(value)
	if err != nil || n < 1 {
		t.Fatalf("%s=%q is no number of 1 or more", variable, value)
	}
	return n
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}

// killUnderLoad lets eight clients work and kills the program after a random number of
// answers. It returns what the clients know.
func killUnderLoad(t *testing.T, s *server, dice *mathrand.Rand) (lives []*life) {
	var mu sync.Mutex
	var answers atomic.Int64
	limit, enough := 1+dice.Int64N(200), make(chan struct{})
	answered := func() {
		if answers.Add(1) == limit {
			close(enough)
		}
	}
	var clients sync.WaitGroup
	for range 8 {
		dice := mathrand.New(mathrand.NewPCG(dice.Uint64(), dice.Uint64()))
		clients.Go(func() {
			for goesOn := true; goesOn; {
				l := newLife(sample(t, "sample.png"), dice)
				mu.Lock()
				lives = append(lives, l)
				mu.Unlock()
				goesOn = l.live(t, s, dice, answered)
			}
		})
	}
	gaveUp := make(chan struct{})
	go func() {
		defer close(gaveUp)
		clients.Wait()
	}()
	select {
	case <-enough:
	case <-gaveUp:
		t.Error("no client is left before the kill")
	}
	s.kill(t)
	<-gaveUp
	return lives
}

// life is what a client knows of one media: what was answered, and the last step if it had
// no answer.
type life struct {
	key      string // Idempotency-Key
	declared map[string]any
	content  []byte

	id       string
	is       string // "", "pending", "ready" or "deleted"
	uploaded bool
	tags     []string // nil: as declared

	asked  string // the step without an answer
	wanted []string
	odd    error // an answer that no kill explains
}

// String leaves the bytes out.
func (l *life) String() string {
	return fmt.Sprintf("%s is %q, uploaded %t, tags %q; asked to %q, tags %q", l.id, l.is, l.uploaded, l.tags, l.asked, l.wanted)
}

func newLife(png []byte, dice *mathrand.Rand) *life {
	l := &life{key: rand.Text(), content: append(bytes.Clone(png), make([]byte, dice.IntN(200_000))...)}
	l.content = append(l.content, l.key...)
	l.tags = someTags(dice)
	l.declared = declare(l.key+".png", "image/png", l.content, l.tags...)
	return l
}

// someTags returns a few names in order. There are few of them in all, so that clients use
// the same ones at once.
func someTags(dice *mathrand.Rand) []string {
	names := []string{}
	for i := range 5 {
		if dice.IntN(2) == 0 {
			names = append(names, fmt.Sprintf("tag %d", i))
		}
	}
	return names
}

// live takes a media through as many steps as the dice say. It reports whether each was
// answered.
func (l *life) live(t *testing.T, s *server, dice *mathrand.Rand, answered func()) bool {
	steps := []string{"create", "upload", "finalize", "retag", "delete"}
	for _, step := range steps[:1+dice.IntN(len(steps))] {
		l.asked, l.wanted = step, someTags(dice)
		a, err := l.step(t, s, step)
		if err != nil {
			return false
		}
		if a.status == http.StatusServiceUnavailable {
			return true // it waited for a lock too long: it may be done or not
		}
		if a.status/100 != 2 {
			l.odd = fmt.Errorf("%s: status %d: %s", step, a.status, a.body)
			return false
		}
		l.done(a)
		answered()
	}
	return true
}

func (l *life) step(t *testing.T, s *server, step string) (answer, error) {
	switch step {
	case "create":
		return l.create(s)
	case "upload":
		a, err := s.try("POST", "/media/"+l.id+"/upload", nil)
		if err != nil || a.status != http.StatusOK {
			return a, err
		}
		return try(uploadRequest(t, a.json, bytes.NewReader(l.content)))
	case "finalize":
		return s.try("POST", "/media/finalize", map[string]any{"id": l.id})
	case "retag":
		return s.try("PATCH", "/media/"+l.id, map[string]any{"tags": l.wanted})
	default:
		return s.try("DELETE", "/media/"+l.id, nil)
	}
}

// create asks for the media, or again for the same one if there is one.
func (l *life) create(s *server) (answer, error) {
	r, err := s.request("POST", "/media", l.declared)
	if err != nil {
		return answer{}, err
	}
	r.Header.Set("Idempotency-Key", l.key)
	return try(r)
}

// done notes what was answered.
func (l *life) done(a answer) {
	switch l.asked {
	case "create":
		l.id, l.is = a.json["id"].(string), "pending"
	case "upload":
		l.uploaded = true
	case "finalize":
		l.is = "ready"
	case "retag":
		l.tags = l.wanted
	case "delete":
		l.is = "deleted"
	}
	l.asked = ""
}

// settle checks a media against what was answered before the kill. It finds out what came
// of the step without an answer, and goes on from there.
func (l *life) settle(t *testing.T, s *server) error {
	if l.odd != nil {
		return l.odd
	}
	if l.asked == "create" { // ask again for the answer that got lost
		a, err := l.create(s)
		if err != nil || a.status != http.StatusCreated {
			return fmt.Errorf("create again: %v, %d %s", err, a.status, a.body)
		}
		l.done(a)
	}
	got, err := s.try("GET", "/media/"+l.id, nil)
	if err != nil {
		return err
	}
	switch {
	case l.asked == "delete" && got.status == http.StatusNotFound:
		l.is = "deleted"
	case l.asked == "finalize" && got.json["state"] == "ready":
		l.is = "ready"
	case l.asked == "retag" && slices.Equal(tagNames(got.json), l.wanted):
		l.tags = l.wanted
	case l.asked == "upload": // a second write is refused, whether or not there was a first
		l.is = "pending"
		a, err := l.step(t, s, "upload")
		if err != nil || a.status != http.StatusOK && a.status != http.StatusPreconditionFailed {
			return fmt.Errorf("upload again: %v, %d %s", err, a.status, a.body)
		}
		l.uploaded = true
	}
	l.asked = ""
	if err := l.look(s); err != nil {
		return err
	}
	if l.is == "pending" && l.uploaded {
		a, err := l.step(t, s, "finalize")
		if err != nil || a.status != http.StatusOK {
			return fmt.Errorf("its bytes are there; finalize: %v, %d %s", err, a.status, a.body)
		}
		l.is = "ready"
		return l.look(s)
	}
	return nil
}

// look compares what is known of a media with what the program says of it.
func (l *life) look(s *server) error {
	if l.odd != nil {
		return nil // it was told
	}
	want, wantAgain := http.StatusOK, http.StatusCreated
	if l.is == "deleted" {
		want, wantAgain = http.StatusNotFound, http.StatusNotFound
	}
	got, err := s.try("GET", "/media/"+l.id, nil)
	if err != nil || got.status != want {
		return fmt.Errorf("get: %v, %d %s; want %d", err, got.status, got.body, want)
	}
	again, err := l.create(s)
	if err != nil || again.status != wantAgain || want == http.StatusOK && again.json["id"] != l.id {
		return fmt.Errorf("by its key: %v, %d %s; want %d and the same media", err, again.status, again.body, wantAgain)
	}
	if want == http.StatusNotFound {
		return nil
	}
	if state, names := got.json["state"], tagNames(got.json); state != l.is || !slices.Equal(names, l.tags) {
		return fmt.Errorf("it is %v, with the tags %q", state, names)
	}
	if l.is == "ready" {
		return holdsBytes(got.json, l.content)
	}
	return nil
}

// tagNames are in order of their tag keys, as someTags are.
func tagNames(media map[string]any) []string {
	tags, _ := media["tags"].([]any)
	names := make([]string, len(tags))
	for i, tag := range tags {
		names[i] = tag.(map[string]any)["name"].(string)
	}
	return names
}

func holdsBytes(media map[string]any, content []byte) error {
	sum := sha256.Sum256(content)
	if media["sha256"] != hex.EncodeToString(sum[:]) {
		return fmt.Errorf("its sha256 is %v", media["sha256"])
	}
	return downloads(media)
}

// downloads checks that the bytes of a ready media are there and are those declared.
func downloads(media map[string]any) error {
	link, ok := media["download"].(map[string]any)
	if !ok {
		return errors.New("it has no download")
	}
	r, err := http.NewRequest("GET", link["url"].(string), nil)
	if err != nil {
		return err
	}
	a, err := try(r)
	if err != nil {
		return err
	}
	sum := sha256.Sum256(a.body)
	if a.status != http.StatusOK || hex.EncodeToString(sum[:]) != media["sha256"] {
		return fmt.Errorf("download: status %d, %d bytes that are not those declared", a.status, len(a.body))
	}
	return nil
}

// checkReady walks over all ready media. Each must be one of lives, come once, and have its
// bytes.
func checkReady(t *testing.T, s *server, lives []*life) {
	t.Helper()
	want := map[string]bool{}
	for _, l := range lives {
		if l.is == "ready" {
			want[l.id] = true
		}
	}
	for path := "/media?limit=100"; path != ""; {
		page := s.do(t, "GET", path, nil).want(t, 200).json
		for _, item := range page["items"].([]any) {
			media := item.(map[string]any)
			id := media["id"].(string)
			if !want[id] {
				t.Errorf("%s is listed as ready", id)
			}
			delete(want, id)
			if err := downloads(media); err != nil {
				t.Errorf("%s: %v", id, err)
			}
		}
		path = ""
		if cursor, more := page["next_cursor"].(string); more {
			path = "/media?limit=100&cursor=" + url.QueryEscape(cursor)
		}
	}
	for id := range want {
		t.Errorf("%s is ready and not listed", id)
	}
}
