package arch_test

import (
	"path"
	"slices"
	"strings"
	"testing"
)

// row is what a package may import directly.
type row struct {
	ours   []string // packages, as paths inside the module; "x/..." means x and all below it
	others []string // modules
	// tests are modules that only its tests import. A host must download what the tests of
	// the packages it imports need, so only internal packages have any.
	tests []string
}

// Modules that several rows name.
const (
	uuid  = "github.com/google/uuid"
	cmp   = "github.com/google/go-cmp"
	bun   = "github.com/uptrace/bun"
	pgx   = "github.com/jackc/pgx/v5"
	aws   = "github.com/aws/aws-sdk-go-v2"
	s3    = aws + "/service/s3"
	json2 = "github.com/go-json-experiment/json"
)

// table is the architecture. For a package that isn't in it, decide first what it may
// import.
var table = map[string]row{
	"fault": {},
	"tags":  {ours: []string{"fault", "internal/fold", "internal/uuidv7"}, others: []string{uuid, "golang.org/x/text"}},
	"media": {ours: []string{"fault", "tags", "internal/fold", "internal/uuidv7", "media/internal/..."}, others: []string{uuid, "github.com/gabriel-vasile/mimetype"}},
	// It has parsers of its own: others read whole files, or know one format each, or add
	// megabytes to what every host downloads.
	"media/internal/dimensions": {},

	"storage":             {ours: []string{"media", "tags"}, others: []string{bun, uuid}},
	"storage/postgres":    {ours: []string{"storage", "media"}, others: []string{pgx, bun, bun + "/dialect/pgdialect"}},                                    // media: for its errors
	"storage/sqlite":      {ours: []string{"storage", "media", "tags"}, others: []string{"modernc.org/sqlite", uuid, bun, bun + "/dialect/sqlitedialect"}}, // tags, uuid: for its tests
	"storage/memory":      {ours: []string{"media", "tags"}, others: []string{uuid}},
	"storage/storagetest": {ours: []string{"media", "tags"}, others: []string{uuid, cmp}},

	"blob/s3blob":               {ours: []string{"media", "blob/blobprobe", "blob/internal/..."}, others: []string{aws, s3, "github.com/aws/smithy-go"}},
	"blob/fileblob":             {ours: []string{"media", "blob/internal/..."}},
	"blob/memblob":              {ours: []string{"media", "blob/internal/..."}},
	"blob/blobprobe":            {ours: []string{"media"}},
	"blob/blobtest":             {ours: []string{"media"}, others: []string{cmp}},
	"blob/internal/disposition": {others: []string{"github.com/gabriel-vasile/mimetype"}}, // for extensions
	"blob/internal/signedurl":   {ours: []string{"media", "blob/internal/..."}},
	"blob/internal/terms":       {ours: []string{"media"}},

	"httpapi": {
		ours:   []string{"fault", "media", "tags", "httpapi/internal/..."},
		others: []string{uuid, json2, "github.com/go-playground/validator/v10"},
	},
	"httpapi/internal/wire": {ours: []string{"media", "tags"}, others: []string{uuid, json2}},
	"httpapi/client":        {ours: []string{"media", "tags", "httpapi/internal/wire"}, others: []string{uuid, json2}},
	"httpapi/expvarmetrics": {ours: []string{"httpapi", "media", "tags"}}, // for its tests; it is given basic types

	"migrations":       {ours: []string{"internal/migrate"}, others: []string{bun}},
	"internal/migrate": {others: []string{bun}, tests: []string{"modernc.org/sqlite", bun + "/dialect/sqlitedialect"}},

	"examples/server": {
		ours:   []string{"media", "tags", "storage/...", "blob/...", "httpapi/...", "migrations"},
		others: []string{uuid, bun, aws, aws + "/config", aws + "/credentials", s3, "github.com/caarlos0/env/v11", "github.com/dustin/go-humanize", "github.com/mattn/go-isatty", "github.com/rs/cors"},
	},
	"examples/embed": {
		ours:   []string{"media", "tags", "storage", "blob/s3blob", "httpapi", "migrations"},
		others: []string{bun, bun + "/dialect/pgdialect", pgx, aws + "/config", s3},
	},
	"examples/upload": {ours: []string{"media", "httpapi/client"}, others: []string{uuid}},

	"internal/fold":   {others: []string{"golang.org/x/text"}},
	"internal/uuidv7": {others: []string{uuid}},
	"internal/arch":   {},
	"internal/contract": {
		ours:  []string{"media", "tags", "httpapi/..."},
		tests: []string{uuid, json2, "github.com/pb33f/go-yaml", "github.com/pb33f/libopenapi", "github.com/pb33f/libopenapi-validator"},
	},
	"internal/simulation":            {tests: []string{uuid}, ours: []string{"media", "tags", "internal/uuidv7"}},
	"internal/simulation/planted":    {},
	"internal/integration/realfiles": {ours: []string{"media", "storage/memory", "blob/memblob"}},
	"internal/integration": {
		ours: []string{"media", "tags", "storage/...", "blob/...", "httpapi/...", "migrations", "internal/migrate", "internal/uuidv7"},
		tests: []string{
			uuid, bun, bun + "/dialect/pgdialect", pgx, aws, aws + "/config", aws + "/credentials", s3, "github.com/aws/smithy-go",
			"github.com/testcontainers/testcontainers-go", "github.com/moby/moby/api",
		},
	},
}

// The tests of any package may import these too: the suites, the fakes, and the schema.
var (
	testOurs   = []string{"storage/storagetest", "storage/memory", "blob/blobtest", "blob/memblob", "migrations"}
	testOthers = []string{cmp}
)

// never lists what a package must not depend on, not even through other packages. A
// trailing "/..." stands for all packages below the path.
var never = map[string][]string{
	"tags":    {"net/http", "database/sql", bun + "/...", aws + "/..."},
	"media":   {"net/http", "database/sql", bun + "/...", aws + "/..."},
	"storage": {pgx + "/...", "modernc.org/...", aws + "/..."},
	"httpapi": {"database/sql", bun + "/...", pgx + "/...", aws + "/..."},
	// The service doesn't link the fakes.
	"examples/server": {modulePath + "/storage/memory", modulePath + "/blob/memblob"},
}

// neverInLibrary lists what no package may depend on, because a host would link it.
var neverInLibrary = []string{
	"github.com/testcontainers/...", "github.com/moby/...", "github.com/docker/...",
}

func TestImports(t *testing.T) {
	eachPackage(t, func(t *testing.T, p listed) {
		allowed, ok := table[p.name()]
		if !ok {
			t.Fatalf("%s is not in the table: decide what it may import", p.name())
		}
		for _, imported := range p.Imports {
			checkImport(t, packages(t)[imported], allowed.ours, allowed.others)
		}
		ours := slices.Concat(allowed.ours, testOurs, []string{p.name()})
		others := slices.Concat(allowed.others, allowed.tests, testOthers)
		for _, imported := range slices.Concat(p.TestImports, p.XTestImports) {
			checkImport(t, packages(t)[imported], ours, others)
		}
	})
}

func checkImport(t *testing.T, imported listed, ours, others []string) {
	t.Helper()
	switch {
	case imported.Standard || imported.ImportPath == "": // "C" and the like aren't listed
	case imported.isOurs():
		if !matches(ours, imported.name()) {
			t.Errorf("must not import %s", imported.name())
		}
	case !slices.Contains(others, imported.Module.Path):
		t.Errorf("must not import %s of module %s", imported.ImportPath, imported.Module.Path)
	}
}

func TestDependencies(t *testing.T) {
	eachPackage(t, func(t *testing.T, p listed) {
		forbidden := slices.Concat(never[p.name()], neverInLibrary)
		if p.name() != "httpapi/expvarmetrics" && !isExample(p) {
			// It puts a page on http.DefaultServeMux, which is the host's.
			forbidden = append(forbidden, "expvar")
		}
		for _, dependency := range p.Deps {
			if matches(forbidden, dependency) {
				t.Errorf("must not depend on %s", dependency)
			}
		}
	})
}

func TestTestingStaysInSuites(t *testing.T) {
	eachPackage(t, func(t *testing.T, p listed) {
		if isSuite(p) {
			return
		}
		for _, imported := range p.Imports {
			if matches([]string{"testing/...", "net/http/httptest"}, imported) {
				t.Errorf("imports %s outside a test; only packages named …test do", imported)
			}
		}
	})
}

// matches reports whether a path is one of the patterns, or below one that ends in "/...".
func matches(patterns []string, name string) bool {
	return slices.ContainsFunc(patterns, func(pattern string) bool {
		root, below := strings.CutSuffix(pattern, "/...")
		return name == root || below && strings.HasPrefix(name, root+"/")
	})
}

func isSuite(p listed) bool   { return strings.HasSuffix(path.Base(p.name()), "test") }
func isExample(p listed) bool { return strings.HasPrefix(p.name(), "examples/") }

// isInternal tells packages that only our own may import.
func isInternal(p listed) bool { return slices.Contains(strings.Split(p.name(), "/"), "internal") }
