package storagetest

import (
	"testing"

	"github.com/seed-f0df946f/mediakit/media"
	"github.com/seed-f0df946f/mediakit/tags"
)

// Repositories are both repositories of one store.
type Repositories struct {
	Media media.Repository
	Tags  tags.Repository
}

// A clause is one sentence of the contract, or a few that belong together, and
// what holds an implementation to it.
type clause struct {
	name string
	test func(s *suite)
}

// Run holds what open returns to the contract of both interfaces. Open is called
// once for each clause, from several goroutines at once, and returns the
// repositories of an empty store that nobody else uses; it registers what has to
// be closed with t.Cleanup.
func Run(t *testing.T, open func(t *testing.T) Repositories) {
	groups := []struct {
		name    string
		clauses []clause
	}{
		{"Media.Create", createClauses},
		{"Media.Create with a key", keyClauses},
		{"Media.Update", updateClauses},
		{"Media.Retag", retagClauses},
		{"Media.Move", moveClauses},
		{"Media.List", listClauses},
		{"Media.Claim", sweepClauses},
		{"Tags", tagClauses},
		{"Tags.List", tagListClauses},
		{"Tags.Merge and Delete", tagEndClauses},
		{"At once", raceClauses},
		{"Everywhere", commonClauses},
	}
	for _, g := range groups {
		t.Run(g.name, func(t *testing.T) {
			for _, c := range g.clauses {
				t.Run(c.name, func(t *testing.T) {
					t.Parallel()
					c.test(newSuite(t, open(t)))
				})
			}
		})
	}
}
