package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/uuid"

	"github.com/seed-f0df946f/mediakit/blob/blobprobe"
	"github.com/seed-f0df946f/mediakit/media"
)

// report has a line of each kind.
var report = blobprobe.Report{
	{Name: "upload", Promise: "a signed upload is taken", Status: blobprobe.OK, Required: true, Found: "it is", Advice: "none"},
	{Name: "length", Promise: "another length is refused", Status: blobprobe.No, Required: true, Found: "it was taken", Advice: "use another store"},
	{Name: "expiry", Promise: "a late upload is refused", Status: blobprobe.Unknown, Required: true, Found: "nobody answered", Advice: "see the network"},
	{Name: "multipart", Promise: "parts are bound", Status: blobprobe.No, Found: "there are none", Advice: "none is needed"},
	{Name: "clock", Promise: "clocks agree", Status: blobprobe.Unknown, Found: "it has no clock", Advice: "look yourself"},
	{Name: "cors", Promise: "pages may upload", Status: blobprobe.No, Required: true, Found: "they may not"},
}

func TestPrintReport(t *testing.T) {
	var out bytes.Buffer
	if err := printReport(&out, report); err != nil {
		t.Fatal(err)
	}
	want := strings.Join([]string{
		"upload     ok       a signed upload is taken",
		"length     no       another length is refused",
		"                      it was taken",
		"                      → use another store",
		"expiry     unknown  a late upload is refused",
		"                      nobody answered",
		"                      → see the network",
		"multipart  no       parts are bound",
		"                      there are none; the service works without it",
		"                      → none is needed",
		"clock      unknown  clocks agree",
		"                      it has no clock; the service works without it",
		"cors       no       pages may upload",
		"                      they may not",
		"",
	}, "\n")
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Error(diff)
	}
}

func TestMissing(t *testing.T) {
	if err := missing(report[:1]); err != nil {
		t.Errorf("nothing is missing: %v", err)
	}
	if err := missing(report); err == nil || !strings.HasSuffix(err.Error(), ": length, expiry, cors") {
		t.Errorf("missing: %v", err)
	}
}

// TestDoctorAsksTheServerThatIsThere runs the doctor with the settings of a server.
func TestDoctorAsksTheServerThatIsThere(t *testing.T) {
	t.Parallel()
	environ := embedded(t, nil)
	s := start(t, environ)
	environ["MEDIA_ADDR"] = s.listening(t)["addr"]
	var out, complaints bytes.Buffer
	if err := doctor(t.Context(), environ, &out, &complaints); err != nil {
		t.Errorf("the doctor: %v\n%s", err, &out)
	}
	if !strings.HasPrefix(complaints.String(), "asking the server at "+environ["MEDIA_ADDR"]) || !strings.Contains(s.log.String(), `"route":"/blobs/"`) {
		t.Errorf("it says %s", &complaints)
	}
}

// TestDoctorAlone has no server: the doctor serves the disk's URLs itself.
func TestDoctorAlone(t *testing.T) {
	t.Parallel()
	var out, complaints bytes.Buffer
	if err := doctor(t.Context(), embedded(t, map[string]string{"MEDIA_CORS_ORIGINS": "https://app.example"}), &out, &complaints); err != nil {
		t.Errorf("the doctor: %v\n%s", err, &out)
	}
	for _, want := range []string{"\nlength ", "\nupload ", "\ncors            ok "} {
		if !strings.Contains("\n"+out.String(), want) {
			t.Errorf("no line %q in\n%s", want, &out)
		}
	}
	if strings.Contains(complaints.String(), "asking") {
		t.Errorf("it says %s", &complaints)
	}
}

func TestCommandsRefuseWrongSettings(t *testing.T) {
	t.Parallel()
	wrong := map[string]string{"MEDIA_UPLOAD_TTL": "soon"}
	var out bytes.Buffer
	for name, err := range map[string]error{
		"doctor": doctor(t.Context(), wrong, &out, &out), "reconcile": reconcile(t.Context(), wrong, &out, &out),
	} {
		if err == nil || !strings.Contains(err.Error(), "MEDIA_UPLOAD_TTL") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestReconcile(t *testing.T) {
	t.Parallel()
	environ := embedded(t, nil)
	s := start(t, environ)
	id := s.finalized(t)["id"].(string)
	s.finalized(t)
	var out, complaints bytes.Buffer
	if err := reconcile(t.Context(), environ, &out, &complaints); err != nil || out.String() != "" || complaints.String() != "0 found\n" {
		t.Errorf("with nothing to find it prints %q, %q, %v", &out, &complaints, err)
	}
	files := glob(t, filepath.Join(environ["MEDIA_DATA_DIR"], "blobs", "media", id))
	for _, file := range files {
		if err := os.Remove(file); err != nil {
			t.Fatal(err)
		}
	}
	if len(files) == 0 {
		t.Fatal("the media has no files")
	}
	want := "missing-object\tmedia/" + id + "/" + filepath.Base(files[0]) + "\t" + id + "\t-\n"
	if err := reconcile(t.Context(), environ, &out, &complaints); err == nil || err.Error() != "1 found" || out.String() != want {
		t.Errorf("it prints %q, %v; want %q", &out, err, want)
	}
}

func TestReconcileMakesNoDatabase(t *testing.T) {
	t.Parallel()
	environ := embedded(t, nil)
	var out bytes.Buffer
	if err := reconcile(t.Context(), environ, &out, &out); !os.IsNotExist(err) {
		t.Errorf("without a database: %v", err)
	}
	if _, err := os.Stat(environ["MEDIA_DATA_DIR"]); !os.IsNotExist(err) {
		t.Errorf("the data directory: %v", err)
	}
}

func TestPrintFinding(t *testing.T) {
	t.Parallel()
	id := uuid.MustParse("019313a4-6d20-7c5e-9a55-0f2b8d1c4e77")
	for want, finding := range map[string]media.Finding{
		"unknown-object\ta/b\t-\t-\n":                        {Problem: media.ProblemUnknown, Object: media.Object{Key: "a/b"}},
		"different-object\ta/b\t" + id.String() + "\tsize\n": {Problem: "different-object", Object: media.Object{Key: "a/b"}, MediaID: id, Differs: "size"},
	} {
		var out bytes.Buffer
		if err := printFinding(&out, finding); err != nil || out.String() != want {
			t.Errorf("it prints %q, %v; want %q", &out, err, want)
		}
	}
}
