package blobtest

import (
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestQuotes looks for the clauses' names in the comments that they quote.
func TestQuotes(t *testing.T) {
	source, err := os.ReadFile("../../media/blobstore.go")
	if err != nil {
		t.Fatal(err)
	}
	contract := regexp.MustCompile(`(?m)^\s*// ?`).ReplaceAllString(string(source), "")
	contract = strings.Join(strings.Fields(contract), " ")
	seen := make(map[string]bool)
	for _, c := range clauses {
		if !strings.Contains(contract, c.quote) {
			t.Errorf("the contract doesn't say %q", c.quote)
		}
		if seen[c.method+c.quote] {
			t.Errorf("two clauses are named %s/%s", c.method, c.quote)
		}
		seen[c.method+c.quote] = true
	}
}
