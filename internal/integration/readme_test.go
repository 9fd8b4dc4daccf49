package integration_test

import (
	"bytes"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

const root = "../.."

// codeBlocks returns the code blocks in a language of a page at the module's root.
func codeBlocks(t *testing.T, page, language string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, page))
	if err != nil {
		t.Fatal(err)
	}
	var blocks []string
	for i, part := range strings.Split(string(text), "```") {
		if block, ok := strings.CutPrefix(part, language+"\n"); ok && i%2 == 1 {
			blocks = append(blocks, block)
		}
	}
	return blocks
}

// TestReadmeQuickStart does what the README tells a newcomer to do, with a free
// port in place of 8080 and a folder of its own.
func TestReadmeQuickStart(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"curl", "sha256sum"} {
		if _, err := exec.LookPath(tool); err != nil {
			skip(t, "no "+tool)
		}
	}
	blocks := codeBlocks(t, "README.md", "sh")
	want := []string{"go run ./examples/server\n", "", "go test ./...\n"}
	if len(blocks) != len(want) || blocks[0] != want[0] || blocks[2] != want[2] {
		t.Fatalf("code blocks %q; want the server, what curl does with it, and the tests", blocks)
	}
	dir := t.TempDir()
	addr := freeAddr(t)
	server := exec.Command("sh", "-c", "exec "+blocks[0])
	server.Dir = root
	server.Env = append(os.Environ(), "MEDIA_ADDR="+addr, "MEDIA_DATA_DIR="+filepath.Join(dir, "data"))
	server.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // so that the program that go run starts ends with it
	greeting, err := server.StderrPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := server.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = syscall.Kill(-server.Process.Pid, syscall.SIGINT)
		_ = server.Wait()
	})
	first := firstCurl(t, greeting)
	if out, err := exec.Command("sh", "-c", first).CombinedOutput(); err != nil || !bytes.Contains(out, []byte(`"items":[]`)) {
		t.Errorf("%s: %v: %s", first, err, out)
	}
	curls := strings.ReplaceAll(blocks[1], "localhost:8080", addr)
	picture := sample(t, "sample.jpg")
	uploadAsReadme(t, dir, curls, picture)
	uploadAsReadme(t, dir, curls, append(picture, 0)) // beside the first one
}

// uploadAsReadme runs the README's commands on a picture.
func uploadAsReadme(t *testing.T, dir, curls string, picture []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, "beach.jpg"), picture, 0o600); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("sh", "-euxc", curls)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	back, err := os.ReadFile(filepath.Join(dir, "back.jpg"))
	if err != nil || !bytes.Equal(back, picture) {
		t.Errorf("%d bytes came back, %v", len(back), err)
	}
}

// firstCurl returns the command that the program greets with.
func firstCurl(t *testing.T, greeting io.Reader) string {
	t.Helper()
	var text []byte
	for buffer := make([]byte, 1024); ; {
		n, err := greeting.Read(buffer)
		text = append(text, buffer[:n]...)
		for line := range strings.Lines(string(text)) {
			if line = strings.TrimLeft(line, " "); strings.HasPrefix(line, "curl ") && strings.HasSuffix(line, "\n") {
				return line
			}
		}
		if err != nil {
			t.Fatalf("the program greets with %q", text)
		}
	}
}

func freeAddr(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return l.Addr().String()
}

// TestContributingCommands runs every line of the page's code blocks. It fuzzes and makes
// mistakes only for as long as it takes to see that this works.
func TestContributingCommands(t *testing.T) {
	if os.Getenv("MEDIAKIT_REQUIRE_DOCKER") != "1" {
		t.Skip("takes minutes: only in the whole run")
	}
	blocks := codeBlocks(t, "CONTRIBUTING.md", "sh")
	lines := slices.Collect(strings.Lines(strings.Join(blocks, "")))
	if len(lines) < 5 {
		t.Fatalf("lines %q", lines)
	}
	for _, line := range lines {
		if line == "go test ./...\n" {
			continue // that is what runs this test
		}
		brief := strings.NewReplacer("fuzz 30s", "fuzz 1x", "mutants tags", `mutants 'tags:^name\.go$'`).Replace(line)
		cmd := exec.CommandContext(t.Context(), "sh", "-c", brief)
		cmd.Dir = root
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Errorf("%s%v: %s", line, err, out)
		}
	}
}
