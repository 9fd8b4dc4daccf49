package realfiles_test

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"testing"
)

// gallery is a page that loads files one after another and writes down how large each is
// shown.
const gallery = `<pre id="sizes"></pre><script>
async function show(names) {
	const sizes = {}
	for (const name of names) {
		const image = new Image()
		await new Promise(end => { image.onload = image.onerror = end; image.src = name })
		sizes[name] = [image.naturalWidth, image.naturalHeight]
	}
	document.getElementById("sizes").textContent = JSON.stringify(sizes)
}
show(%s)
</script>`

// show returns the width and height at which Chromium shows each file, by its name: 0 by 0
// if it doesn't.
func show(t *testing.T, files map[string][]byte) map[string][2]int {
	t.Helper()
	chromium := requireProgram(t, "chromium")
	folder, names := t.TempDir(), []string{}
	for name, content := range files {
		if err := os.WriteFile(filepath.Join(folder, name), content, 0o600); err != nil {
			t.Fatal(err)
		}
		names = append(names, name)
	}
	list, err := json.Marshal(names)
	if err != nil {
		t.Fatal(err)
	}
	page := filepath.Join(folder, "gallery.html")
	if err := os.WriteFile(page, fmt.Appendf(nil, gallery, list), 0o600); err != nil {
		t.Fatal(err)
	}
	browser := exec.CommandContext(t.Context(), chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
		"--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
		"--user-data-dir="+t.TempDir(), "--virtual-time-budget=100000", "--dump-dom", "file://"+page)
	dom, err := browser.Output()
	if err != nil {
		t.Fatal(err)
	}
	written := regexp.MustCompile(`<pre id="sizes">(.*)</pre>`).FindSubmatch(dom)
	if written == nil {
		t.Fatalf("Chromium wrote no sizes: %.500s", dom)
	}
	var sizes map[string][2]int
	if err := json.Unmarshal(written[1], &sizes); err != nil {
		t.Fatal(err)
	}
	return sizes
}
