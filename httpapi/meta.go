package httpapi

import (
	_ "embed"

	"github.com/seed-f0df946f/mediakit/httpapi/internal/wire"
)

// openAPI is the description of the API that /openapi.json serves. It is generated
// from openapi.yaml; internal/contract holds the handler to it.
//
//go:generate go test ../internal/contract -run ^TestDocumentIsGenerated$ -update
//go:embed openapi.json
var openAPI []byte

func (a *api) getOpenAPI(c *call) (answer, error) { return fresh(c, "", openAPI), nil }

// getLimits tells what a client may send, so that an app can say it before a person
// chooses a file. It is the same for everybody until the service is started with other
// settings.
func (a *api) getLimits(c *call) (answer, error) {
	return cached(c, "max-age=60", "", encode(wire.FromLimits(a.Media.Limits()))), nil
}
