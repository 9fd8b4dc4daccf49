package httpapi

import (
	_ "embed"

	"github.com/seed-f0df946f/mediakit/httpapi/internal/wire"
)

// openAPI describes the API. It is served at /openapi.json and generated from openapi.yaml;
// the tests of internal/contract hold the handler to it.
//
//go:generate go test ../internal/contract -run ^TestDocumentIsGenerated$ -update
//go:embed openapi.json
var openAPI []byte

func (a *api) getOpenAPI(c *call) (answer, error) { return fresh(c, "", openAPI), nil }

// getLimits tells what the service takes. It only changes when the service is started with
// other settings, and is the same for everybody, so clients may keep it for a while.
func (a *api) getLimits(c *call) (answer, error) {
	return cached(c, "max-age=60", "", encode(wire.FromLimits(a.Media.Limits()))), nil
}
